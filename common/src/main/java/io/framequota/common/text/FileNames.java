package io.framequota.common.text;

import io.framequota.common.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * File names as text in any locale. The kernel has names as bytes. This class reads them as UTF-8 and keeps a byte that is not
 * UTF-8 as the lone surrogate U+DC80 to U+DCFF (Python's {@code surrogateescape}), so every name converts back to the same
 * bytes. {@link #shown} makes such text printable.
 */
public final class FileNames {
    private static final char ESCAPED = 0xDC00;
    private static final Path CURRENT = Path.of("");

    /**
     * The arguments of this process with all their bytes. The JVM decodes arguments with the locale's charset and loses what it
     * cannot represent; the kernel still has the bytes.
     *
     * @param decoded the arguments of {@code main}, returned where the kernel does not show the bytes
     */
    public static String[] arguments(String[] decoded) {
        List<byte[]> all = entries(Path.of("/proc/self/cmdline"));
        if (all.size() < decoded.length) {
            return decoded;
        }
        return all.subList(all.size() - decoded.length, all.size()).stream()
                .map(FileNames::text)
                .toArray(String[]::new);
    }

    /** The environment of this process with all its bytes; {@code decoded} where the kernel does not show them. */
    public static Map<String, String> environment(Map<String, String> decoded) {
        Map<String, String> environment = new HashMap<>(decoded);
        for (byte[] entry : entries(Path.of("/proc/self/environ"))) {
            String text = text(entry);
            int equals = text.indexOf('=');
            if (equals > 0) {
                environment.put(text.substring(0, equals), text.substring(equals + 1));
            }
        }
        return environment;
    }

    private static List<byte[]> entries(Path file) {
        List<byte[]> entries = new ArrayList<>();
        try {
            ByteArrayOutputStream entry = new ByteArrayOutputStream();
            for (byte b : Files.readAllBytes(file)) {
                if (b == 0) {
                    entries.add(entry.toByteArray());
                    entry.reset();
                } else {
                    entry.write(b);
                }
            }
        } catch (IOException e) {
            entries.clear();
        }
        return entries;
    }

    /** Converts bytes to text. */
    static String text(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        for (CoderResult end = decoder.decode(in, out, true);
                end.isError();
                end = decoder.reset().decode(in, out, true)) {
            for (int i = 0; i < end.length(); i++) {
                out.put((char) (ESCAPED | in.get() & 0xff));
            }
        }
        return out.flip().toString();
    }

    /** Converts a path to text. */
    public static String text(@Nullable Path path) {
        if (path == null) {
            return "";
        }
        String plain = path.toString();
        if (plain.indexOf('\ufffd') < 0) {
            return plain;
        }
        // A path shows its bytes only as a URI, which must be absolute.
        Path absolute = path.isAbsolute() ? path : Path.of("/").resolve(path);
        String uri = absolute.toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = path.isAbsolute() ? 0 : 1; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        String text = text(bytes.toByteArray());
        return text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /**
     * The path with this name, in any locale.
     *
     * @throws IllegalArgumentException when no file can have this name
     */
    public static Path path(String text) {
        if (text.isEmpty()) {
            return CURRENT;
        }
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : bytes(text)) {
            if (b > 0 && (Character.isLetterOrDigit(b) || "/.-_".indexOf(b) >= 0)) {
                uri.append((char) b);
            } else {
                uri.append('%').append(String.format("%02X", b));
            }
        }
        Path absolute = Path.of(URI.create(uri.toString().replaceFirst("^file:///+", "file:///")));
        if (text.startsWith("/")) {
            return absolute;
        }
        return absolute.subpath(0, absolute.getNameCount());
    }

    private static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (isEscaped(c)) {
                bytes.write(c & 0xff);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    /** Replaces each byte that is not UTF-8 by text such as {@code \xE9}. */
    public static String shown(String text) {
        if (text.codePoints().noneMatch(FileNames::isEscaped)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isEscaped(c)) {
                shown.append(String.format("\\x%02X", c & 0xff));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /**
     * Refuses a path that is not UTF-8 where another program must get it, because Java cannot pass such a path on.
     *
     * @param what names the path in the error message
     */
    public static void requireText(@Nullable Path path, String what) {
        if (text(path).codePoints().anyMatch(FileNames::isEscaped)) {
            throw Failure.use(what
                    + ": this name is not UTF-8, which cannot be used here: give a symbolic link to it, named"
                    + " in UTF-8");
        }
    }

    private static boolean isEscaped(int codePoint) {
        return codePoint >= (ESCAPED | 0x80) && codePoint <= (ESCAPED | 0xff);
    }

    private FileNames() {}
}
