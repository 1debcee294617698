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
 * @param text how the user calls it, with its option if it has one
 * @param path where it is
 */
public record FileArgument(String text, Path path) {
    /** Which file a path leads to, by whatever name: device and inode, and what of the path is still to be made there. */
    private record Identity(Object place, String rest) {}

    /**
     * Refuses outputs that would overwrite an input or one another: the same file by any name, hard link or bind mount.
     * Devices and pipes may be named as often as one likes.
     *
     * @throws Failure wrong use, before anything is touched
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
