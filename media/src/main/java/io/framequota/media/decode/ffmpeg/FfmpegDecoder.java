package io.framequota.media.decode.ffmpeg;

import io.framequota.contract.control.CodecParameters;
import io.framequota.media.archive.ZipArchive;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.VideoReader;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Demuxes and decodes with FFmpeg. FFmpeg's libraries are loaded with the first file. The native memory of all
 * readers together is bounded. Only one source at a time is being opened, because its need is unknown until then.
 */
public final class FfmpegDecoder implements VideoDecoder, PacketReader.Factory, FrameDecoder.Factory {
    private static final long DEFAULT_MEMORY = 1L << 30;

    /** Pixels by which a coded picture may be wider and higher than the announced one: codecs round sizes up. */
    private static final long WIDER = 256;

    private static final long HIGHER = 128;

    /** FFmpeg counts the work area of MPEG's codecs, which has this height, as a picture, too. */
    private static final long LEAST_HEIGHT = 280;

    /** Of the first picture of a sequence; larger ones are accounted for when they come. */
    private static final long PICTURE_MEMORY = 64L << 20;

    /** Other pictures of sequences are done within it, on a slow machine too. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SourceLimits limits;
    private final DecodeMemoryBudget memory;
    private final int threads;
    private final Path pictures;
    private final Semaphore opening = new Semaphore(1, true);

    /** With the defaults of the settings. */
    public FfmpegDecoder() {
        this(SourceLimits.DEFAULT, new DecodeMemoryBudget(DEFAULT_MEMORY));
    }

    /** With one thread for each decoder, and the system's folder for temporary files. */
    public FfmpegDecoder(SourceLimits limits, DecodeMemoryBudget memory) {
        this(limits, memory, 1);
    }

    /**
     * With one thread for each decoder.
     *
     * @param pictures folder for the picture of each open archive; made if it is missing
     */
    public FfmpegDecoder(SourceLimits limits, DecodeMemoryBudget memory, Path pictures) {
        this(limits, memory, 1, pictures);
    }

    /** @param threads of each decoder of packets; a reader of frames always decodes on one */
    public FfmpegDecoder(SourceLimits limits, DecodeMemoryBudget memory, int threads) {
        this(limits, memory, threads, Path.of(System.getProperty("java.io.tmpdir")));
    }

    private FfmpegDecoder(SourceLimits limits, DecodeMemoryBudget memory, int threads, Path pictures) {
        this.limits = limits;
        this.memory = memory;
        this.threads = threads;
        this.pictures = pictures;
    }

    @Override
    public VideoReader open(Path video, int stream) throws SourceException {
        return trimmedOnFailure(
                video, () -> ZipArchive.isZip(video) ? PictureArchiveReader.open(video, this) : read(video, stream));
    }

    /** Takes no memory for pictures, and goes ahead of jobs that wait for theirs. */
    @Override
    public VideoInfo probe(Path video, int stream) throws SourceException {
        return trimmedOnFailure(video, () -> {
            if (ZipArchive.isZip(video)) {
                try (PictureArchivePackets pictures = PictureArchivePackets.open(video, this)) {
                    return pictures.info();
                }
            }
            try (DecodeMemoryBudget.Share share =
                            memory.takeAhead(indexBytes(video), String.valueOf(video.getFileName()));
                    NativeVideo open = openContainer(video, stream)) {
                open.checkPictureSize();
                return open.info(open.orientation());
            }
        });
    }

    /** Takes memory for the container's index only, and goes ahead of jobs that wait for pictures. */
    @Override
    public PacketReader packets(Path video, int stream) throws SourceException {
        return trimmedOnFailure(video, () -> {
            if (ZipArchive.isZip(video)) {
                return PictureArchivePackets.open(video, this);
            }
            DecodeMemoryBudget.Share share = memory.takeAhead(indexBytes(video), String.valueOf(video.getFileName()));
            boolean done = false;
            try {
                PacketReader reader = new FfmpegPacketReader(openContainer(video, stream), share);
                done = true;
                return reader;
            } finally {
                if (!done) {
                    share.close();
                }
            }
        });
    }

    @Override
    public FrameDecoder decoder(CodecParameters parameters, String name) throws SourceException {
        return decoder(parameters, name, memory::take);
    }

    /** Opens decoders of streams, which keep their memory for as long as a stream lasts: see {@link DecodeMemoryBudget#takeStanding}. */
    public FrameDecoder.Factory ofStreams() {
        return (parameters, name) -> decoder(parameters, name, memory::takeStanding);
    }

    private interface Taking {
        DecodeMemoryBudget.Share take(long bytes, String name) throws SourceException;
    }

    private FrameDecoder decoder(CodecParameters parameters, String name, Taking taking) throws SourceException {
        long pixels = (long) parameters.getWidth() * parameters.getHeight();
        // Each further thread has a picture of its own.
        long bytes = PictureMemory.bytes(
                        Codecs.id(parameters.getCodec()), parameters.getLevel(), pixels, parameters.getFormat())
                + (threads - 1) * pixels * 4;
        // Larger pictures than the announced ones would take memory that is not accounted for.
        long most = (parameters.getWidth() + WIDER) * Math.max(parameters.getHeight() + HIGHER, LEAST_HEIGHT);
        DecodeMemoryBudget.Share share = taking.take(bytes, name);
        boolean done = false;
        try {
            FrameDecoder decoder = new FfmpegFrameDecoder(
                    parameters, name, limits.withPixels(Math.min(limits.pixels(), most)), share, threads, true);
            done = true;
            return decoder;
        } finally {
            if (!done) {
                share.close();
            }
        }
    }

    /**
     * Opens a source's sound; empty when it has none that can be copied. Takes memory for the container's index only, and does not
     * wait for it, because the caller holds that of the pictures.
     *
     * @throws SourceException as {@link #open}
     * @throws CancellationException when interrupted
     */
    public Optional<FfmpegSound> sound(Path video) throws SourceException {
        return trimmedOnFailure(video, () -> {
            if (ZipArchive.isZip(video)) {
                return Optional.empty();
            }
            DecodeMemoryBudget.Share share = memory.takeAnyway(indexBytes(video));
            NativeVideo open = null;
            Optional<FfmpegSound> sound = Optional.empty();
            try {
                open = openContainer(video, ANY_STREAM);
                sound = FfmpegSound.of(open, share);
                return sound;
            } finally {
                if (sound.isEmpty()) {
                    if (open != null) {
                        open.close();
                    }
                    share.close();
                }
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

    /** Where open archives have their current picture. */
    Path pictures() {
        return pictures;
    }

    /** Takes a share for a sequence of pictures, each opened with {@link #picture}; waits until it is free. */
    DecodeMemoryBudget.Share shareForPictures(String name) throws SourceException {
        return memory.take(Math.min(memory.total(), PICTURE_MEMORY), name);
    }

    /**
     * Opens a file with one picture in front of that picture. Waits for its memory for {@link #PATIENCE}: who reads a sequence
     * may hold what others wait for.
     *
     * @param share takes the picture's memory in place of what it held before
     */
    VideoReader picture(Path file, DecodeMemoryBudget.Share share) throws SourceException, IOException {
        long index = indexBytes(file);
        NativeVideo open = openContainer(file, ANY_STREAM);
        boolean done = false;
        try {
            share.exchange(index + open.pictureBytes(Files.size(file)), "the picture", PATIENCE);
            VideoReader reader = new FfmpegReader(open, share);
            done = true;
            return reader;
        } finally {
            if (!done) {
                open.close();
            }
        }
    }

    /** Reads what a file with one picture says about it, without memory for the picture. */
    NativeVideo container(Path file) throws SourceException, IOException {
        indexBytes(file);
        return openContainer(file, ANY_STREAM);
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
