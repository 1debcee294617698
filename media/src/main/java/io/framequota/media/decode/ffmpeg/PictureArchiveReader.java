package io.framequota.media.decode.ffmpeg;

import io.framequota.media.archive.DamagedEntryException;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceDamage;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.VideoReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes the pictures of an archive as frames, each as a source of its own. A picture that cannot be read is a frame with an error. */
final class PictureArchiveReader implements VideoReader {
    private final PictureArchive archive;
    private final FfmpegDecoder decoder;
    private final DecodeMemoryBudget.Share memory;
    private final VideoInfo info;
    private int index = -1;
    private @Nullable VideoReader picture;
    private @Nullable String error;
    private int failed;
    private String firstFailure = "";

    private PictureArchiveReader(PictureArchive archive, FfmpegDecoder decoder, DecodeMemoryBudget.Share memory)
            throws SourceException {
        this.archive = archive;
        this.decoder = decoder;
        this.memory = memory;
        info = archive.info(firstPicture());
        index = -1;
        resetWarnings();
    }

    /**
     * Opens an archive in front of its first picture; may wait for memory.
     *
     * @throws SourceException when it cannot be used, or none of its pictures can
     */
    static PictureArchiveReader open(Path file, FfmpegDecoder decoder) throws SourceException, IOException {
        PictureArchive archive = PictureArchive.open(file, decoder.pictures());
        DecodeMemoryBudget.@Nullable Share memory = null;
        boolean opened = false;
        try {
            memory = decoder.shareForPictures(archive.name());
            PictureArchiveReader reader = new PictureArchiveReader(archive, decoder, memory);
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                archive.close();
                if (memory != null) {
                    memory.close();
                }
            }
        }
    }

    private VideoInfo firstPicture() throws SourceException {
        int tried = 0;
        while (next()) {
            VideoReader found = picture;
            if (found != null) {
                VideoInfo first = found.info();
                closePicture();
                return first;
            }
            if (archive.picture(index).size() > 0 && ++tried == PictureArchive.MAX_BROKEN) {
                throw archive.unusable(firstFailure, index + 1 == archive.size());
            }
        }
        throw archive.unusable(firstFailure, true);
    }

    @Override
    public VideoInfo info() {
        return info;
    }

    @Override
    public boolean next() {
        closePicture();
        if (index + 1 >= archive.size()) {
            return false;
        }
        index++;
        error = read();
        if (error != null && failed++ == 0) {
            firstFailure = archive.picture(index).path() + ": " + error;
        }
        return true;
    }

    /** Decodes the current picture; returns why there is none. */
    private @Nullable String read() {
        if (archive.picture(index).size() == 0) {
            return "the file is empty";
        }
        try {
            VideoReader reader = decoder.picture(archive.file(index), memory);
            picture = reader;
            if (reader.next()) {
                return null;
            }
            closePicture();
            return PictureArchive.UNREADABLE;
        } catch (SourceException e) {
            return PictureArchive.reason(e);
        } catch (DamagedEntryException e) {
            return "its bytes in the archive are damaged";
        } catch (IOException e) {
            throw new UncheckedIOException("a picture cannot be written to the folder for temporary files", e);
        }
    }

    @Override
    public @Nullable String error() {
        return error;
    }

    @Override
    public String file() {
        return archive.picture(index).path();
    }

    @Override
    public double ptsMs() {
        return index * PictureArchive.MS_PER_PICTURE;
    }

    @Override
    public boolean key() {
        return true;
    }

    @Override
    public boolean damaged() {
        return picture != null && picture.damaged();
    }

    @Override
    public int width() {
        return picture == null ? info.width() : picture.width();
    }

    @Override
    public int height() {
        return picture == null ? info.height() : picture.height();
    }

    @Override
    public ColorInfo color() {
        return picture == null ? ColorInfo.BT709 : picture.color();
    }

    @Override
    public DecodedPicture picture(PixelOrder order) {
        if (picture == null) {
            throw new IllegalStateException("this frame has no picture");
        }
        return picture.picture(order);
    }

    @Override
    public boolean seek(double ptsMs) {
        closePicture();
        index = archive.indexAt(ptsMs) - 1;
        return true;
    }

    @Override
    public SourceDamage damage() {
        return SourceDamage.NONE;
    }

    @Override
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        if (!archive.warning().isEmpty()) {
            lines.add(archive.warning());
        }
        if (failed > 0) {
            lines.add((failed == 1 ? "a picture" : failed + " pictures") + " cannot be read, the first is "
                    + firstFailure);
        }
        return lines;
    }

    @Override
    public void resetDamage() {
        resetWarnings();
    }

    private void resetWarnings() {
        failed = 0;
        firstFailure = "";
    }

    private void closePicture() {
        if (picture != null) {
            picture.close();
            picture = null;
        }
    }

    @Override
    public void close() {
        closePicture();
        memory.close();
        archive.close();
    }
}
