package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes an image's files into a folder, for building the image with another tool. */
final class ImageFolder {
    /** Permissions, from the lowest bit. */
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_READ
    };

    /** Copies the files into a new folder. */
    static void write(Image image, Path folder) throws IOException {
        if (Files.exists(folder)) {
            throw new ImageBuildException(folder + " already exists: delete it first");
        }
        for (Layer layer : image.layers()) {
            for (Layer.Item item : layer.items()) {
                Path target = folder.resolve(item.target().substring(1));
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                if (Files.isDirectory(item.file())) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(item.file(), target);
                }
                Files.setPosixFilePermissions(target, permissions(item.mode()));
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        return IntStream.range(0, BITS.length)
                .filter(bit -> (mode & 1 << bit) != 0)
                .mapToObj(bit -> BITS[bit])
                .collect(Collectors.toSet());
    }

    private ImageFolder() {}
}
