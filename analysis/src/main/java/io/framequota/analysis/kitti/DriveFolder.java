package io.framequota.analysis.kitti;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A drive in a folder, with the calibration files beside it, without hidden files. Names begin with the name of the drive's folder,
 * as in KITTI's archives.
 */
public final class DriveFolder implements DriveFiles {
    /** KITTI's archives have a folder for the day around that of the drive. */
    private static final int MOST_LEVELS = 3;

    /** What macOS and editors add: {@code __MACOSX/._1.png}, {@code .DS_Store}. */
    private static final Pattern HIDDEN = Pattern.compile("(?:.*/)?(?:\\.|__MACOSX/).*");

    private final Map<String, Path> files;

    private DriveFolder(Map<String, Path> files) {
        this.files = files;
    }

    /**
     * Finds the drive that a folder is, or that is the only one in it.
     *
     * @return empty if there is no drive
     * @throws InvalidDriveException if there are several
     */
    public static Optional<DriveFolder> in(Path folder) throws IOException, InvalidDriveException {
        Path root = folder.toAbsolutePath().normalize();
        Map<String, Path> all = new TreeMap<>();
        list(root, root.getNameCount(), all);
        Optional<DriveLayout> layout = DriveLayout.of(all.keySet());
        if (layout.isEmpty()) {
            return Optional.empty();
        }
        Path name = root.getFileName();
        if (!layout.get().prefix().isEmpty() || name == null) {
            return Optional.of(new DriveFolder(all));
        }
        Map<String, Path> named = new TreeMap<>();
        all.forEach((file, path) -> named.put(name + "/" + file, path));
        Path day = root.getParent();
        if (day != null) {
            for (String calibration : Calibration.FILES) {
                Path path = day.resolve(calibration);
                if (Files.isRegularFile(path)) {
                    named.put(calibration, path);
                }
            }
        }
        return Optional.of(new DriveFolder(named));
    }

    private static void list(Path root, int base, Map<String, Path> files) throws IOException {
        try (Stream<Path> paths = Files.walk(root, MOST_LEVELS + 2)) {
            paths.filter(Files::isRegularFile).forEach(p -> {
                String name = p.subpath(base, p.getNameCount()).toString().replace('\\', '/');
                if (!HIDDEN.matcher(name).matches()) {
                    files.put(name, p);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Where the files are, by their names in the drive. */
    public Map<String, Path> paths() {
        return Map.copyOf(files);
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(files.keySet());
    }

    @Override
    public long size(String name) {
        Path path = files.get(name);
        try {
            return path == null ? 0 : Files.size(path);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public byte[] bytes(String name, int most) throws IOException {
        Path path = files.get(name);
        if (path == null) {
            throw new IOException(name + ": there is no such file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(most);
            if (in.read() >= 0) {
                throw new IOException(name + ": it has more than " + most + " bytes");
            }
            return bytes;
        }
    }
}
