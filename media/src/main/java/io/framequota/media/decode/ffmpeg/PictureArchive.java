package io.framequota.media.decode.ffmpeg;

import io.framequota.common.text.PictureNames;
import io.framequota.common.text.RecordingNames;
import io.framequota.media.archive.ArchiveLimits;
import io.framequota.media.archive.ZipArchive;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The pictures of a zip archive in the natural order of their paths. FFmpeg reads files, so each picture is written to a file of its
 * own while it is used, which is replaced by the next one. For one thread at a time.
 */
final class PictureArchive implements AutoCloseable {
    /** Time from one picture to the next, as FFmpeg has it for sequences of pictures. */
    static final double MS_PER_PICTURE = 40;

    /** Pictures per second. */
    static final int RATE = 25;

    /** Pictures that are unpacked in search of the first one that can be read. */
    static final int MAX_BROKEN = 100;

    /** Why a picture cannot be used whose bytes are of no use. */
    static final String UNREADABLE = "this is not a picture of a known format, or its bytes are damaged";

    private final String name;
    private final ZipArchive archive;
    private final List<ZipArchive.Entry> pictures;
    private final Path folder;
    private final String warning;

    private PictureArchive(String name, ZipArchive archive, List<ZipArchive.Entry> pictures, Path folder) {
        this.name = name;
        this.archive = archive;
        this.pictures = pictures;
        this.folder = folder;
        List<String> others = archive.files().stream()
                .map(ZipArchive.Entry::path)
                .filter(p ->
                        !PictureNames.isPicture(p) && !PictureNames.isHidden(p) && !RecordingNames.isBesidePictures(p))
                .toList();
        warning = switch (others.size()) {
            case 0 -> "";
            case 1 -> "a file is no picture and left out: " + others.getFirst();
            default -> others.size() + " files are no pictures and left out, the first is " + others.getFirst();
        };
    }

    /**
     * Opens an archive.
     *
     * @param temporary a folder in which the archive has one of its own until it is closed; made if it is missing
     * @throws SourceException when it cannot be used, or holds no picture
     */
    static PictureArchive open(Path file, Path temporary) throws SourceException, IOException {
        String name = String.valueOf(file.getFileName());
        ZipArchive archive = ZipArchive.open(file, ArchiveLimits.DEFAULT);
        boolean opened = false;
        try {
            List<ZipArchive.Entry> pictures = archive.files().stream()
                    .filter(e -> PictureNames.isPicture(e.path()))
                    .toList();
            if (pictures.isEmpty()) {
                throw SourceException.permanent(name + " holds no picture (such as .jpg or .png) among "
                        + archive.files().size() + " files; give an archive of pictures, or the video itself");
            }
            Path folder = Files.createTempDirectory(Files.createDirectories(temporary), "framequota-picture-");
            PictureArchive made = new PictureArchive(name, archive, pictures, folder);
            opened = true;
            return made;
        } finally {
            if (!opened) {
                archive.close();
            }
        }
    }

    String name() {
        return name;
    }

    int size() {
        return pictures.size();
    }

    ZipArchive.Entry picture(int index) {
        return pictures.get(index);
    }

    byte[] bytes(int index) throws IOException {
        return archive.bytes(pictures.get(index));
    }

    /**
     * The picture as a file, valid until the next call.
     *
     * @throws io.framequota.media.archive.DamagedEntryException when its bytes are damaged
     */
    Path file(int index) throws IOException {
        ZipArchive.Entry entry = pictures.get(index);
        clear();
        // FFmpeg chooses some readers by the suffix, so it is kept.
        Path file = folder.resolve("picture." + PictureNames.suffix(entry.path()));
        archive.copy(entry, file);
        return file;
    }

    /** What the archive says, with a picture's size and codec. */
    VideoInfo info(VideoInfo picture) {
        return new VideoInfo(
                picture.width(),
                picture.height(),
                size(),
                size() * MS_PER_PICTURE,
                RATE,
                picture.codec(),
                false,
                picture.projection(),
                picture.unsupported());
    }

    /** The index of the picture that is shown at a time or before it, at most that of the last picture; -1 before the first. */
    int indexAt(double ptsMs) {
        return (int) Math.clamp(Math.floor(ptsMs / MS_PER_PICTURE + 1e-6), -1, size() - 1.0);
    }

    /** Why a picture cannot be used, one line without the name of its temporary file. */
    static String reason(SourceException e) {
        return e.isPermanent()
                ? UNREADABLE
                : String.valueOf(e.getMessage()).replaceFirst("^picture\\.[a-z0-9]+ ", "the picture ");
    }

    /**
     * Why an archive cannot be used.
     *
     * @param why of its first picture
     * @param all whether all its pictures were tried
     */
    SourceException unusable(String why, boolean all) {
        return SourceException.permanent(name + " holds no picture that can be read"
                + (all ? "" : " among its first " + MAX_BROKEN + " that are not empty") + " (" + why + ")");
    }

    /** Of all files that are no pictures, empty when there is none. */
    String warning() {
        return warning;
    }

    private void clear() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        archive.close();
        try {
            clear();
            Files.delete(folder);
        } catch (IOException e) {
            // It is deleted with what killed processes leave.
        }
    }
}
