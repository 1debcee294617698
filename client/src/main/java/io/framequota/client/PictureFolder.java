package io.framequota.client;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.common.text.NaturalOrder;
import io.framequota.common.text.PictureNames;
import io.framequota.common.text.RecordingNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a folder that are uploaded: pictures, also those in folders inside, and of a recording of KITTI's raw data what
 * belongs to it. Links to folders are not followed.
 */
final class PictureFolder {
    /** The server takes so many in one archive. */
    private static final int MOST_FILES = 100_000;

    /**
     * A file of the folder.
     *
     * @param name path relative to the folder, with slashes
     */
    record Item(String name, Path path) {}

    private PictureFolder() {}

    /**
     * Checks that a folder holds a picture.
     *
     * @param text as the user wrote it
     * @throws Failure wrong use: it does not, or cannot be read
     */
    static void check(String text, Path folder) {
        files(text, folder);
    }

    /** The files to upload, in the natural order of their names. */
    static List<Item> files(String text, Path folder) {
        List<Item> files = new ArrayList<>();
        int[] others = {0};
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String name = FileNames.text(folder.relativize(file));
                    boolean picture = PictureNames.isPicture(name);
                    if ((picture || RecordingNames.isBesidePictures(name)) && Files.isRegularFile(file)) {
                        files.add(new Item(FileNames.shown(name), file));
                    }
                    others[0] += picture ? 0 : 1;
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw Failure.use("cannot read " + text + ": " + Failure.words(e));
        }
        if (files.stream().noneMatch(f -> PictureNames.isPicture(f.name()))) {
            throw Failure.use(text + " is a folder without pictures (such as .jpg or .png)"
                    + (others[0] == 0 ? "" : "; to use videos, give the video files in it"));
        }
        if (files.size() > MOST_FILES) {
            throw Failure.use(text + " holds more than " + MOST_FILES + " files: give its parts one by one");
        }
        List<Item> all =
                files.stream().anyMatch(f -> RecordingNames.isOfCamera(f.name())) ? recording(files, folder) : files;
        all.sort((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()));
        return all;
    }

    /** A recording whose folder was given: its name says what it is, and the calibration is in the folder around it. */
    private static List<Item> recording(List<Item> files, Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path name = absolute.getFileName();
        Path day = absolute.getParent();
        if (name == null || day == null) {
            return files;
        }
        List<Item> all = new ArrayList<>();
        files.forEach(f -> all.add(new Item(FileNames.shown(FileNames.text(name)) + "/" + f.name(), f.path())));
        try (Stream<Path> beside = Files.list(day)) {
            beside.filter(f -> RecordingNames.isCalibration(FileNames.text(f.getFileName())))
                    .filter(Files::isRegularFile)
                    .forEach(f -> all.add(new Item(FileNames.text(f.getFileName()), f)));
        } catch (IOException | UncheckedIOException e) {
            // The server says that the calibration is missing.
        }
        return all;
    }
}
