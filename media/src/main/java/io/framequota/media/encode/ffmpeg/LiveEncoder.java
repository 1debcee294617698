package io.framequota.media.encode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.ffmpeg.StreamParameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Encodes the pictures of a stream as H.264 packets without delay, with a key picture at least every two seconds. Looks and quality are
 * those of {@link Mp4Encoder}. For one thread at a time; owns native memory until it is closed.
 */
public final class LiveEncoder implements AutoCloseable {
    private static final double MOST_MS_BETWEEN_KEYS = 2000;
    /** Times are milliseconds. */
    private static final AVRational TICK = av_make_q(1, 1000);

    private static final double DEFAULT_FPS = 25;
    /** Key pictures come by time. */
    private static final int MOST_BETWEEN_KEYS = 1000;

    private final H264Encoder encoder;
    private final AVPacket packet;
    private final CodecParameters parameters;
    private long lastTick = Long.MIN_VALUE;
    private double keyMs = Double.NEGATIVE_INFINITY;

    /**
     * @param width of the pictures to come; see {@link Mp4Encoder#open} for the size in which they are encoded
     * @param height of the pictures to come
     * @param fps expected pictures per second, 0 when unknown
     * @throws IOException when FFmpeg cannot open the encoder
     */
    public LiveEncoder(int width, int height, double fps, ColorInfo color) throws IOException {
        double rate = fps > 0 ? fps : DEFAULT_FPS;
        encoder = new H264Encoder(CodedSize.of(width, height), TICK, rate, MOST_BETWEEN_KEYS, color);
        packet = av_packet_alloc();
        AVCodecParameters coded = avcodec_parameters_alloc();
        try {
            avcodec_parameters_from_context(coded, encoder.codec());
            parameters = StreamParameters.of(coded, TICK);
        } finally {
            avcodec_parameters_free(coded);
        }
    }

    /** What a decoder or a container needs to know of the packets. */
    public CodecParameters parameters() {
        return parameters;
    }

    /**
     * Encodes a picture.
     *
     * @param bgr rows of 3-byte pixels without padding
     * @param ms its time; a time that is not after the one before is moved just behind it
     * @return the packets that are complete with it, with times in milliseconds
     * @throws IOException when it cannot be encoded
     */
    public List<AccessUnit> encode(byte[] bgr, double ms) throws IOException {
        boolean key = ms - keyMs >= MOST_MS_BETWEEN_KEYS;
        lastTick = Math.max(lastTick + 1, Math.round(ms));
        encoder.send(bgr, lastTick, key);
        List<AccessUnit> units = new ArrayList<>(1);
        while (encoder.receive(packet)) {
            AccessUnit unit = unit();
            keyMs = unit.getKey() ? unit.getPtsMs() : keyMs;
            units.add(unit);
            av_packet_unref(packet);
        }
        return units;
    }

    /** The next picture is a key picture. */
    public void requestKey() {
        keyMs = Double.NEGATIVE_INFINITY;
    }

    private AccessUnit unit() {
        return AccessUnit.newBuilder()
                .setData(StreamParameters.bytes(packet.data(), packet.size()))
                .setPts(packet.pts())
                .setDts(packet.dts())
                .setKey((packet.flags() & AV_PKT_FLAG_KEY) != 0)
                .setPtsMs(packet.pts())
                .build();
    }

    @Override
    public void close() {
        av_packet_free(packet);
        encoder.close();
    }
}
