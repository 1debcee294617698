package io.framequota.client;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.common.text.NaturalOrder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Patterns of file names, for shells that do not expand them and for quoted ones: {@code *}, {@code ?}, {@code [...]} and {@code {a,b}}. */
final class FilePattern {
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[{]");

    private FilePattern() {}

    /**
     * The files and folders that match a pattern, in natural order; text that is no pattern, or names a file as it is, alone.
     *
     * @param resolve resolves a path of the user's
     * @throws Failure wrong use: nothing matches
     */
    static List<String> expand(String text, Function<String, Path> resolve) {
        boolean address = text.toLowerCase(Locale.ROOT).matches("sample:.*|[a-z][a-z0-9+.-]*://.*");
        if (address || !SPECIAL.matcher(text).find() || Files.exists(resolve.apply(text))) {
            return List.of(text);
        }
        List<String> found = List.of(text.startsWith("/") ? "/" : "");
        for (String part : text.split("/")) {
            if (!part.isEmpty()) {
                found = found.stream()
                        .flatMap(above -> in(above, part, text, resolve).stream())
                        .toList();
            }
        }
        if (found.isEmpty()) {
            throw Failure.use("no file matches " + text);
        }
        return found.stream().sorted(NaturalOrder.INSTANCE).toList();
    }

    private static List<String> in(String above, String part, String text, Function<String, Path> resolve) {
        String prefix = above.isEmpty() || above.equals("/") ? above : above + "/";
        if (!SPECIAL.matcher(part).find()) {
            return Files.exists(resolve.apply(prefix + part)) ? List.of(prefix + part) : List.of();
        }
        Path folder = resolve.apply(above.isEmpty() ? "." : above);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, part)) {
            for (Path path : matching) {
                String name = FileNames.text(path.getFileName());
                if (!name.startsWith(".") || part.startsWith(".")) {
                    names.add(prefix + name);
                }
            }
        } catch (PatternSyntaxException e) {
            throw Failure.use(text + " is no pattern of file names: " + e.getDescription());
        } catch (IOException e) {
            throw Failure.use(
                    "cannot read " + (above.isEmpty() ? "the current folder" : above) + ": " + Failure.words(e));
        }
        return names;
    }
}
