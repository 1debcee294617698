package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A layer of an image: files and their targets. */
record Layer(String name, List<Item> items) {
    /**
     * @param file a regular file or an empty folder; links are followed
     * @param target absolute path in the image
     * @param mode permissions
     */
    record Item(Path file, String target, int mode) {}

    /** Users of the image can read or execute files but not change them. */
    private static final int DATA = 0644;

    private static final int PROGRAM = 0755;

    static Layer of(String name) {
        return new Layer(name, new ArrayList<>());
    }

    /** Adds a file, executable if it is executable here. */
    Layer file(Path file, String target) {
        items.add(new Item(file, target, Files.isExecutable(file) ? PROGRAM : DATA));
        return this;
    }

    /** Adds an empty folder. */
    Layer folder(Path folder, String target, int mode) {
        items.add(new Item(folder, target, mode));
        return this;
    }

    /** Adds the wanted files of a folder, sorted by name. */
    Layer tree(Path folder, String target, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .filter(wanted)
                    .sorted()
                    .forEach(file -> file(file, target + "/" + folder.relativize(file)));
        }
        return this;
    }

    long bytes() throws IOException {
        long sum = 0;
        for (Item item : items) {
            sum += Files.isDirectory(item.file()) ? 0 : Files.size(item.file());
        }
        return sum;
    }
}
