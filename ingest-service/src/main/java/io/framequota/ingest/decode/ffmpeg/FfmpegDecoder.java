package io.framequota.ingest.decode.ffmpeg;

import io.framequota.ingest.decode.DecodeMemoryBudget;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.SourceLimits;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.decode.VideoReader;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Decodes with FFmpeg, one decoder thread per reader. FFmpeg's libraries are loaded with the first file. The native memory of all
 * readers together is bounded. Only one source at a time is being opened, because its need is unknown until then.
 */
public final class FfmpegDecoder implements VideoDecoder {
    private static final long DEFAULT_MEMORY = 1L << 30;

    private final SourceLimits limits;
    private final DecodeMemoryBudget memory;
    private final Semaphore opening = new Semaphore(1, true);

    /** With the defaults of the settings. */
    public FfmpegDecoder() {
        this(SourceLimits.DEFAULT, new DecodeMemoryBudget(DEFAULT_MEMORY));
    }

    public FfmpegDecoder(SourceLimits limits, DecodeMemoryBudget memory) {
        this.limits = limits;
        this.memory = memory;
    }

    @Override
    public VideoReader open(Path video, int stream) throws SourceException {
        return trimmedOnFailure(video, () -> read(video, stream));
    }

    /** Takes no memory for pictures, and goes ahead of jobs that wait for theirs. */
    @Override
    public VideoInfo probe(Path video, int stream) throws SourceException {
        return trimmedOnFailure(video, () -> {
            try (DecodeMemoryBudget.Share share =
                            memory.takeAhead(indexBytes(video), String.valueOf(video.getFileName()));
                    NativeVideo open = openContainer(video, stream)) {
                open.checkPictureSize();
                return open.info(open.orientation());
            }
        });
    }

    private interface Opening<T> {
        T open() throws SourceException, IOException;
    }

    /** Gives native memory back to the system when opening fails. */
    private static <T> T trimmedOnFailure(Path video, Opening<T> opening) throws SourceException {
        boolean opened = false;
        try {
            T value = opening.open();
            opened = true;
            return value;
        } catch (ClosedByInterruptException e) {
            throw new CancellationException("interrupted while a source was opened");
        } catch (IOException e) {
            throw new SourceException(video.getFileName() + " cannot be read; submit it again", e);
        } finally {
            if (!opened) {
                NativeHeap.trim();
            }
        }
    }

    private long indexBytes(Path video) throws SourceException, IOException {
        if (!Files.isRegularFile(video)) {
            throw new SourceException(video.getFileName() + " does not exist or is not a file; name a video file");
        }
        if (Files.size(video) == 0) {
            throw SourceException.permanent(video.getFileName() + " is empty; name a video file");
        }
        return SourceIndexSize.check(video, limits);
    }

    private VideoReader read(Path video, int stream) throws SourceException, IOException {
        long index = indexBytes(video);
        long pictures = 0;
        while (true) {
            DecodeMemoryBudget.Share share = memory.take(index + pictures, String.valueOf(video.getFileName()));
            NativeVideo open = null;
            boolean done = false;
            try {
                open = openContainer(video, stream);
                pictures = open.pictureBytes(Files.size(video));
                if (share.tryGrow(index + pictures)) {
                    VideoReader reader = new FfmpegReader(open, share);
                    done = true;
                    return reader;
                }
                // Other sources have the memory. This one must hold no share while it waits, or two could deadlock.
            } finally {
                if (!done) {
                    if (open != null) {
                        open.close();
                    }
                    share.close();
                }
            }
        }
    }

    private NativeVideo openContainer(Path video, int stream) throws SourceException {
        try {
            opening.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting to open a source");
        }
        try {
            return NativeVideo.open(video, stream, limits);
        } finally {
            opening.release();
        }
    }
}
