package io.framequota.media.live.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.frame.Projection;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.Codecs;
import io.framequota.media.decode.ffmpeg.FfmpegErrors;
import io.framequota.media.decode.ffmpeg.StreamParameters;
import io.framequota.media.live.LiveReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/** Reads the first video of a stream from its first key picture on. Sound is left where it is. */
final class FfmpegLiveReader implements LiveReader {
    /**
     * How long is waited for what a stream must show.
     *
     * @param video until the first packet of a video: encoders begin with sound, or connect before the camera does
     * @param key from there to the first key picture
     */
    record Patience(Duration video, Duration key) {
        static final Patience DEFAULT = new Patience(Duration.ofSeconds(20), Duration.ofSeconds(30));
    }

    /** The frame rate is measured over so many pictures, and no longer than this, before the first packet is handed out. */
    private static final int MEASURED = 8;

    private static final Duration MEASURING = Duration.ofSeconds(1);

    /** Over so many pictures a measured rate is better than the one that the stream states. */
    private static final int SURE = 64;

    private static final double MAX_FPS = 240;
    /** Multipart JPEG has no times of its own. */
    private static final String WITHOUT_TIMES = "mpjpeg";

    private static final String ENCODER_HINT =
            "; set H.264 in the encoder (OBS: Settings, Output, Video Encoder: x264)";

    /** A packet, with what a decoder needs to know about it. */
    private record Unit(AccessUnit.Builder packet, CodecParameters parameters, boolean changed) {}

    private final LiveContainer container;
    private final Duration silence;
    private final Patience patience;
    private final SourceLimits limits;
    private final AVPacket packet = av_packet_alloc();
    /** Held while native memory is used. */
    private final ReentrantLock using = new ReentrantLock();

    private final Deque<Unit> ahead = new ArrayDeque<>();
    private @Nullable AVStream stream;
    private @Nullable TimeRepair times;
    private @Nullable KeyPicture keys;
    private double msPerTick;
    private int streams;
    private int videos;
    private boolean sound;
    private boolean begun;
    private boolean ended;
    private ByteString extradata = ByteString.EMPTY;
    private CodecParameters parameters = CodecParameters.getDefaultInstance();
    private @Nullable Unit current;
    private final long openedAt = System.nanoTime();
    private long videoAt;
    private long keyBy;
    private long pictures;
    private long leading;
    private boolean freed;

    /** @param container closed by this reader, once it has begun */
    FfmpegLiveReader(LiveContainer container, Duration silence, Patience patience, SourceLimits limits) {
        this.container = container;
        this.silence = silence;
        this.patience = patience;
        this.limits = limits;
    }

    /** Waits for the first key picture and the frame rate. */
    void begin() throws SourceException {
        boolean done = false;
        try {
            Unit first = read();
            if (first == null) {
                throw new SourceException(container.name() + " ended before its first key picture" + hint());
            }
            ahead.add(first);
            long from = System.nanoTime();
            while (statedFps() == 0 && ahead.size() < MEASURED && System.nanoTime() - from < MEASURING.toNanos()) {
                Unit next = read();
                if (next == null) {
                    break;
                }
                ahead.add(next);
            }
            done = true;
        } finally {
            if (!done) {
                av_packet_free(packet);
                freed = true;
            }
        }
    }

    private String hint() {
        return sound && stream == null ? "; it sends sound only: switch the video on in the encoder" : "";
    }

    @Override
    public boolean next() throws SourceException {
        using.lock();
        try {
            Unit next = ahead.poll();
            if (next == null && !ended) {
                if (freed) {
                    throw container.lost(0);
                }
                next = read();
            }
            current = next;
            return next != null;
        } finally {
            using.unlock();
        }
    }

    /** The next packet of the video; null at the end. */
    private @Nullable Unit read() throws SourceException {
        while (true) {
            av_packet_unref(packet);
            int error = container.read(packet, waitUntil());
            if (FfmpegErrors.isAgain(error)) {
                continue;
            }
            if (error < 0) {
                end(error);
                return null;
            }
            long arrival = System.nanoTime();
            noticeStreams();
            checkPatience(arrival);
            if (stream == null || packet.stream_index() != stream.index() || packet.size() <= 0) {
                continue;
            }
            videoAt = arrival;
            Unit unit = unit(arrival);
            if (unit != null) {
                return unit;
            }
        }
    }

    private void end(int error) throws SourceException {
        if (container.isEnd(error)) {
            ended = true;
            return;
        }
        if (container.isTimeOver() && !container.hasFailed()) {
            checkPatience(System.nanoTime());
            throw new SourceException(
                    container.name() + " was lost: it sent no video for " + silence.toSeconds() + " s");
        }
        throw container.lost(error);
    }

    /** When waiting for the next packet is over. */
    private long waitUntil() {
        long from = stream == null ? openedAt : videoAt;
        long most = from + (stream == null ? patience.video() : silence).toNanos();
        return stream != null && !begun ? Math.min(most, keyBy) : most;
    }

    private void checkPatience(long now) throws SourceException {
        if (stream == null && now - openedAt >= patience.video().toNanos()) {
            if (!container.playlistFailure().isEmpty()) {
                throw new SourceException(container.name() + " cannot be read: " + container.playlistFailure());
            }
            throw new SourceException(container.name()
                    + (sound
                            ? " sends sound only; switch the video on in the encoder"
                            : " sent no video within " + patience.video().toSeconds()
                                    + " s; check what the encoder sends"));
        }
        if (stream != null && !begun && now - keyBy >= 0) {
            throw new SourceException(container.name() + " showed no key picture within "
                    + patience.key().toSeconds()
                    + " s; set a key frame every 2 s in the encoder (OBS: Settings, Output, Keyframe Interval)");
        }
        if (stream != null && now - videoAt >= silence.toNanos()) {
            throw new SourceException(
                    container.name() + " was lost: it sent no video for " + silence.toSeconds() + " s");
        }
    }

    /** Chooses the first video that sends a packet, and makes FFmpeg skip everything else. */
    private void noticeStreams() throws SourceException {
        AVFormatContext format = container.format();
        if (stream == null && isVideo(format.streams(packet.stream_index()))) {
            choose(format.streams(packet.stream_index()));
        } else if (streams == format.nb_streams()) {
            return;
        }
        streams = format.nb_streams();
        videos = 0;
        for (int i = 0; i < streams; i++) {
            AVStream one = format.streams(i);
            videos += isVideo(one) ? 1 : 0;
            sound |= one.codecpar().codec_type() == AVMEDIA_TYPE_AUDIO;
            if (stream != null ? i != stream.index() : !isVideo(one)) {
                one.discard(AVDISCARD_ALL);
            }
        }
    }

    private static boolean isVideo(AVStream stream) {
        return stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO
                && (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) == 0;
    }

    private void choose(AVStream chosen) throws SourceException {
        int codec = chosen.codecpar().codec_id();
        if (!Codecs.isDecodable(codec)) {
            throw SourceException.lacking(container.name() + " sends video as " + Codecs.name(codec)
                    + ", which cannot be decoded here" + ENCODER_HINT);
        }
        stream = chosen;
        videoAt = System.nanoTime();
        keyBy = videoAt + patience.key().toNanos();
        CodecParameters stated = StreamParameters.of(chosen, false);
        extradata = stated.getExtradata();
        parameters = stated;
        keys = new KeyPicture(stated, limits, container.name());
        double ticks = chosen.time_base().num() == 0
                ? 1000
                : (double) chosen.time_base().den() / chosen.time_base().num();
        msPerTick = 1000 / ticks;
        times = new TimeRepair(ticks);
    }

    /** The packet that was read; null when it comes before the first picture that can be shown. */
    private @Nullable Unit unit(long arrival) throws SourceException {
        boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
        ByteString stated = KeyPicture.newExtradata(packet);
        if (stated != null && !stated.isEmpty()) {
            extradata = stated;
        }
        if (!begun && !key) {
            return null;
        }
        boolean changed = key && readKey();
        begun = true;
        boolean timed = !container.container().equals(WITHOUT_TIMES);
        TimeRepair repair = java.util.Objects.requireNonNull(times);
        repair.next(timed ? packet.pts() : TimeRepair.NONE, timed ? packet.dts() : TimeRepair.NONE, arrival);
        if (repair.pts() < 0) {
            // Shown before the first key picture, and decoded from pictures that we do not have.
            leading++;
            return null;
        }
        pictures++;
        return new Unit(packetAt(repair, key), parameters, changed);
    }

    private boolean readKey() throws SourceException {
        CodecParameters now = java.util.Objects.requireNonNull(keys).read(packet, extradata);
        if (extradata.isEmpty() || !now.getExtradata().equals(extradata)) {
            extradata = now.getExtradata();
        }
        if ((long) now.getWidth() * now.getHeight() > limits.pixels()) {
            throw new SourceException(container.name() + " has pictures of " + now.getWidth() + " x " + now.getHeight()
                    + ", more than " + limits.pixels()
                    + " pixels, the limit FRAMEQUOTA_SOURCE_MAX_PIXELS; use smaller ones or raise it");
        }
        boolean changed = begun && !now.equals(parameters);
        parameters = now;
        return changed;
    }

    private AccessUnit.Builder packetAt(TimeRepair repair, boolean key) {
        return AccessUnit.newBuilder()
                .setData(StreamParameters.bytes(packet.data(), packet.size()))
                .setPts(repair.pts())
                .setDts(repair.dts())
                .setDuration(Math.max(0, packet.duration()))
                .setKey(key)
                .setDiscard((packet.flags() & AV_PKT_FLAG_DISCARD) != 0)
                .setPtsMs(repair.pts() * msPerTick)
                .addAllSideData(StreamParameters.sideData(packet.side_data(), packet.side_data_elems()));
    }

    private double statedFps() {
        double fps = parameters.getFrameRateDen() == 0
                ? 0
                : (double) parameters.getFrameRateNum() / parameters.getFrameRateDen();
        return fps >= 1 && fps <= MAX_FPS ? fps : 0;
    }

    private double fps() {
        double stated = statedFps();
        return times == null || (stated > 0 && pictures < SURE) ? stated : times.fps();
    }

    @Override
    public VideoInfo info() {
        CodecParameters known = parameters();
        return new VideoInfo(
                known.getWidth(), known.getHeight(), 0, 0, fps(), known.getCodec(), false, Projection.FLAT);
    }

    @Override
    public CodecParameters parameters() {
        Unit shown = current == null ? ahead.peek() : current;
        return shown == null ? parameters : shown.parameters();
    }

    @Override
    public boolean parametersChanged() {
        return current != null && current.changed();
    }

    @Override
    public AccessUnit.Builder unit() {
        if (current == null) {
            throw new IllegalStateException("no packet was read");
        }
        return current.packet().clone();
    }

    @Override
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        if (!container.warning().isEmpty()) {
            lines.add(container.warning());
        }
        if (videos > 1) {
            lines.add("the stream has " + videos + " videos; the first one is read");
        }
        if (leading > 0) {
            lines.add(leading + (leading == 1 ? " picture" : " pictures")
                    + " before the first key picture could not be decoded and were left out");
        }
        if (times != null) {
            lines.addAll(times.warnings());
        }
        return lines;
    }

    @Override
    public void close() {
        container.interrupt();
        using.lock();
        try {
            if (!freed) {
                freed = true;
                av_packet_free(packet);
                container.close();
            }
        } finally {
            using.unlock();
        }
    }
}
