package io.framequota.cli.terminal;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file that a command reads or writes.
 *
 * @param text the file as the user named it, with the option if it has one
 * @param path resolved path
 */
public record FileArgument(String text, Path path) {
    /** Identifies a file by any of its names: device and inode of the existing part of the path, and the rest. */
    private record Identity(Object place, String rest) {}

    /**
     * Checks that no output overwrites an input or another output, under any name, hard link or bind mount. Devices and pipes
     * may be named several times.
     *
     * @throws Failure wrong use: it would
     */
    public static void refuseOverwriting(List<FileArgument> inputs, List<FileArgument> outputs) {
        Map<Identity, String> sources = new HashMap<>();
        inputs.forEach(i -> sources.putIfAbsent(identity(i.path()), i.text()));
        Map<Identity, String> written = new HashMap<>();
        for (FileArgument output : outputs) {
            if (!OutputFile.isFile(output.path())) {
                continue;
            }
            Identity identity = identity(output.path());
            String source = sources.get(identity);
            if (source != null) {
                throw Failure.use(output.text() + " would overwrite the source " + source
                        + ": it is the same file; give another");
            }
            String other = written.putIfAbsent(identity, output.text());
            if (other != null) {
                throw Failure.use(output.text() + " and " + other + " are the same file; give another");
            }
        }
    }

    private static Identity identity(Path path) {
        try {
            Path at = OutputFile.destination(path).toAbsolutePath();
            Path root = at.getRoot();
            for (Path there = at; there != null; there = there.getParent()) {
                if (Files.exists(there)) {
                    Object key = Files.readAttributes(there, BasicFileAttributes.class)
                            .fileKey();
                    String rest = FileNames.text(there.relativize(at).normalize());
                    return new Identity(key == null ? FileNames.text(there.toRealPath()) : key, rest);
                }
            }
            return new Identity(String.valueOf(root), FileNames.text(at));
        } catch (IOException e) {
            return new Identity("", FileNames.text(path.toAbsolutePath().normalize()));
        }
    }
}
