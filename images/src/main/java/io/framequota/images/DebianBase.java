package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The base of every image: the C and C++ libraries and the user's name; no program except the loader. apt downloads the packages
 * and checks their signatures.
 */
final class DebianBase {
    /** User and group id of all processes. */
    static final String USER = "65532";

    private static final String LOADER = "ld-linux-x86-64.so.2";

    private static final String LIBRARIES = "(usr/)?lib/x86_64-linux-gnu/";

    /** Packages and the files that are taken from them, besides their copyright. */
    private enum Part {
        LIBC("libc6", LIBRARIES + "(ld-linux-x86-64|lib(c|m|dl|pthread|rt|resolv|util|nss_dns|nss_files))\\.so\\.\\d+"),
        NAMES("libc-bin", "usr/lib/locale/C.utf8/.*"),
        CPP("libstdc++6", LIBRARIES + "libstdc\\+\\+\\.so\\.6"),
        GCC("libgcc-s1", LIBRARIES + "libgcc_s\\.so\\.1"),
        ZLIB("zlib1g", LIBRARIES + "libz\\.so\\.1"),
        /** FFmpeg's libavutil is linked to it. */
        UDEV("libudev1", LIBRARIES + "libudev\\.so\\.1"),
        ABOUT("base-files", "usr/lib/os-release");

        private final String packageName;
        private final Pattern files;

        Part(String packageName, String files) {
            this.packageName = packageName;
            this.files = Pattern.compile(files + "|usr/share/doc/" + Pattern.quote(packageName) + "/copyright");
        }
    }

    private final Path folder;

    /** @param cache folder to keep the packages in */
    DebianBase(Path cache) {
        folder = cache.resolve("debian");
    }

    /** An installed package, for the bill of materials. */
    record Package(String name, String version, String architecture) {}

    /** The layer with the files, and with the folders that a container writes to. */
    Layer layer() throws IOException, InterruptedException {
        Layer layer = Layer.of("root");
        for (Part part : Part.values()) {
            Path root = unpacked(part);
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(Files::isRegularFile)
                        .filter(f -> part.files
                                .matcher(root.relativize(f).toString())
                                .matches())
                        .sorted()
                        .forEach(f -> layer.file(f, target(root.relativize(f))));
            }
            // Scanners look here for packages of images without a package manager.
            layer.file(control(part), "/var/lib/dpkg/status.d/" + part.packageName);
        }
        Path etc = Files.createDirectories(folder.resolve("etc"));
        layer.file(
                write(etc.resolve("passwd"), "root:x:0:0:root:/:/none\nframequota:x:65532:65532::/tmp:/none\n"),
                "/etc/passwd");
        layer.file(write(etc.resolve("group"), "root:x:0:\nframequota:x:65532:\n"), "/etc/group");
        layer.file(write(etc.resolve("nsswitch.conf"), "hosts: files dns\n"), "/etc/nsswitch.conf");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        return layer.folder(empty, "/tmp", 0777).folder(empty, "/data", 0777);
    }

    /** Programs expect their loader at this path, where the package has a link. */
    private static String target(Path file) {
        return file.endsWith(LOADER) ? "/lib64/" + LOADER : "/" + file;
    }

    List<Package> packages() throws InterruptedException {
        List<Package> all = new ArrayList<>();
        for (Part part : Part.values()) {
            String[] lines = ExternalProgram.run(
                            folder,
                            List.of(
                                    "dpkg-deb",
                                    "--show",
                                    "--showformat=${Version}\n${Architecture}\n",
                                    file(part).toString()))
                    .split("\n", -1);
            all.add(new Package(part.packageName, lines[0], lines[1]));
        }
        return all;
    }

    private Path unpacked(Part part) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path root = folder.resolve(part.packageName);
        if (!Files.exists(root)) {
            Path deb = file(part);
            if (!Files.exists(deb)) {
                Path downloads = Files.createTempDirectory(folder, "download");
                ExternalProgram.run(downloads, List.of("apt-get", "download", "-q", part.packageName + ":amd64"));
                try (Stream<Path> files = Files.list(downloads)) {
                    Files.move(files.findFirst().orElseThrow(), deb);
                }
                Files.delete(downloads);
            }
            Path half = folder.resolve(part.packageName + ".new");
            ExternalProgram.run(folder, List.of("dpkg-deb", "-x", deb.toString(), half.toString()));
            Files.move(half, root);
        }
        return root;
    }

    private Path file(Part part) {
        return folder.resolve(part.packageName + ".deb");
    }

    private Path control(Part part) throws IOException, InterruptedException {
        Path file = folder.resolve(part.packageName + ".control");
        if (!Files.exists(file)) {
            Files.writeString(
                    file,
                    ExternalProgram.run(
                            folder, List.of("dpkg-deb", "--field", file(part).toString())));
        }
        return file;
    }

    private static Path write(Path file, String text) throws IOException {
        return Files.writeString(file, text);
    }
}
