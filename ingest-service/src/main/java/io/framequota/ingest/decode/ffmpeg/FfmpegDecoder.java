package io.framequota.ingest.decode.ffmpeg;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.decode.DecodeMemoryBudget;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.SourceLimits;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.decode.VideoReader;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Decodes with FFmpeg, one decoder thread per reader. Its libraries are loaded with the first file. What all readers take of
 * native memory together is bounded; one source at a time is looked into, since nothing is known of it before.
 */
@ApplicationScoped
public class FfmpegDecoder implements VideoDecoder {
    private static final long DEFAULT_MEMORY = 1L << 30;

    private final SourceLimits limits;
    private final DecodeMemoryBudget memory;
    private final Semaphore opening = new Semaphore(1, true);

    /** With the settings' defaults. */
    public FfmpegDecoder() {
        this(SourceLimits.DEFAULT, new DecodeMemoryBudget(DEFAULT_MEMORY));
    }

    FfmpegDecoder(SourceLimits limits, DecodeMemoryBudget memory) {
        this.limits = limits;
        this.memory = memory;
    }

    @Inject
    FfmpegDecoder(IngestConfig config, MeterRegistry metrics) {
        this(
                SourceLimits.of(config),
                new DecodeMemoryBudget(config.decodeMemory().asLongValue()));
        Gauge.builder("framequota.decode.memory.bytes", memory, DecodeMemoryBudget::used)
                .description(
                        "Native memory that sources being decoded are estimated to take; FRAMEQUOTA_DECODE_MEMORY at"
                                + " most, unless a source's pictures grow on the way")
                .register(metrics);
    }

    @Override
    public VideoReader open(Path video, int stream) throws SourceException {
        return opened(video, () -> read(video, stream));
    }

    /** Without the memory for pictures, and ahead of jobs that wait for theirs. */
    @Override
    public VideoInfo probe(Path video, int stream) throws SourceException {
        return opened(video, () -> {
            try (DecodeMemoryBudget.Share share = memory.takeAhead(index(video), String.valueOf(video.getFileName()));
                    NativeVideo open = lookInto(video, stream)) {
                open.pictureBytes(0);
                return open.probe(open.turn());
            }
        });
    }

    private interface Opening<T> {
        T open() throws SourceException, IOException;
    }

    private static <T> T opened(Path video, Opening<T> opening) throws SourceException {
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

    /** Native memory that open sources are estimated to take. */
    long memoryUsed() {
        return memory.used();
    }

    /** Native memory that open sources may take together. */
    long memoryBudget() {
        return memory.budget();
    }

    /** Bytes that the source's index will take, of a file that may be opened. */
    private long index(Path video) throws SourceException, IOException {
        if (!Files.isRegularFile(video)) {
            throw new SourceException(video.getFileName() + " does not exist or is no file; name a video file");
        }
        if (Files.size(video) == 0) {
            throw SourceException.forGood(video.getFileName() + " is empty; name a video file");
        }
        AnimatedWebpCheck.check(video);
        return SourceIndexSize.bytes(video, limits);
    }

    private VideoReader read(Path video, int stream) throws SourceException, IOException {
        long index = index(video);
        long pictures = 0;
        while (true) {
            DecodeMemoryBudget.Share share = memory.take(index + pictures, String.valueOf(video.getFileName()));
            NativeVideo open = null;
            boolean done = false;
            try {
                open = lookInto(video, stream);
                pictures = open.pictureBytes(Files.size(video));
                if (share.tryGrow(index + pictures)) {
                    VideoReader reader = new FfmpegReader(open, share);
                    done = true;
                    return reader;
                }
                // Others have the memory. Nothing is held while it is waited for, or two could wait for one another.
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

    private NativeVideo lookInto(Path video, int stream) throws SourceException {
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
