package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** A file with a line for each image: its size and id. Building single images keeps the lines of the others. */
final class ImageSizes {
    private final Path file;
    private final TreeMap<String, String> lines = new TreeMap<>();

    private ImageSizes(Path file) {
        this.file = file;
    }

    static ImageSizes in(Path file) throws IOException {
        ImageSizes sizes = new ImageSizes(file);
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            int name = line.indexOf(' ');
            sizes.lines.put(line.substring(0, name), line.substring(name).strip());
        }
        return sizes;
    }

    void put(String name, long archive, long unpacked, String id) {
        lines.put(name, String.format(Locale.ROOT, "%.1f MB, unpacked %.1f MB, %s", archive / 1e6, unpacked / 1e6, id));
    }

    String line(String name) {
        return lines.getOrDefault(name, "");
    }

    void write() throws IOException {
        Files.write(
                file,
                lines.entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue())
                        .toList());
    }
}
