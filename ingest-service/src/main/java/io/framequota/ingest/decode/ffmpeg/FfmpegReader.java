package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_APNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_GIF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_ANY;
import static org.bytedeco.ffmpeg.global.avformat.av_index_search_timestamp;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;

import io.framequota.ingest.decode.ColorInfo;
import io.framequota.ingest.decode.DecodeMemoryBudget;
import io.framequota.ingest.decode.DecodedPicture;
import io.framequota.ingest.decode.Orientation;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.decode.SourceDamage;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.decode.VideoReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.Pointer;

/**
 * Feeds packets to the decoder and takes its frames, including those that it still holds at the end. The constructor decodes the
 * first frame, because only a frame tells its orientation and its size.
 */
final class FfmpegReader implements VideoReader {
    /** After so many errors in a row the source counts as ended: a container that cannot be read further fails without moving. */
    private static final int MAX_READ_ERRORS = 64;

    private final NativeVideo video;
    private final DecodeMemoryBudget.Share memory;
    private final PixelConverter converter = new PixelConverter();
    private final FrameOrientation orientations;
    private final VideoInfo info;
    private final double msPerTick;
    /** Milliseconds per tick of each stream. */
    private final double[] msPerTickOf;

    private final boolean strict;
    private SourceDamage damage = SourceDamage.NONE;
    private String ending = "";
    private Orientation orientation;
    /** Packets of the source before the first that was read; below 0 when unknown. */
    private long packetsBefore;

    private long packets;
    private long lastDts = -1;
    private boolean draining;
    private boolean ended;
    private boolean seeked;
    private boolean held;
    private boolean damaged;
    private long largest;
    private double ptsMs = Double.NaN;
    private double longestGapMs;
    /** End of the packets of all streams so far. */
    private double reachedMs = Double.NaN;

    /**
     * Decodes the first frame.
     *
     * @param video closed by this reader, unless this throws
     * @param memory given back when this reader is closed
     * @throws SourceException when the pictures are beyond a limit
     */
    FfmpegReader(NativeVideo video, DecodeMemoryBudget.Share memory) throws SourceException {
        this.video = video;
        this.memory = memory;
        orientation = video.orientation();
        orientations = new FrameOrientation(orientation);
        msPerTick = msPerTick(video.stream);
        msPerTickOf = new double[video.format.nb_streams()];
        for (int i = 0; i < msPerTickOf.length; i++) {
            msPerTickOf[i] = msPerTick(video.format.streams(i));
        }
        strict = video.strict();
        boolean made = false;
        try {
            video.openCodec();
            held = advance();
            info = held ? video.info(width(), height()) : video.info(orientation);
            made = true;
        } finally {
            if (!made) {
                converter.close();
            }
        }
    }

    private static double msPerTick(AVStream stream) {
        AVRational base = stream.time_base();
        return base.den() == 0 ? 0 : 1000.0 * base.num() / base.den();
    }

    @Override
    public VideoInfo info() {
        return info;
    }

    @Override
    public boolean next() {
        if (held) {
            held = false;
            return true;
        }
        try {
            return advance();
        } catch (SourceException e) {
            // The decoder could not be opened a second time, or a picture is beyond a limit.
            ending = "the source cannot be decoded further: " + e.getMessage();
            ended = true;
            return false;
        }
    }

    private boolean advance() throws SourceException {
        if (!ended && video.choice.grid() != null) {
            return compose(new TiledPicture(video, video.choice.grid()));
        }
        while (!ended) {
            int got = avcodec_receive_frame(video.codec(), video.frame);
            if (got >= 0) {
                received(false);
                return true;
            }
            if (FfmpegErrors.isEnd(got)) {
                end();
            } else if (FfmpegErrors.isAgain(got)) {
                if (feed()) {
                    return true;
                }
            } else {
                damage = damage.brokenPacket(ptsMs);
                // A decoder that fails while it is drained gives no more frames.
                ended = draining;
            }
        }
        return false;
    }

    private boolean compose(TiledPicture tiles) throws SourceException {
        ended = true;
        if (!tiles.compose()) {
            damage = damage.brokenPacket(ptsMs);
            return false;
        }
        ptsMs = 0;
        damaged = tiles.damaged();
        accountMemory();
        return true;
    }

    private void received(boolean concealed) {
        long stamp = video.frame.best_effort_timestamp();
        double now = NativeVideo.isTime(stamp) ? stamp * msPerTick : Double.NaN;
        if (now > ptsMs) {
            longestGapMs = Math.max(longestGapMs, now - ptsMs);
        }
        ptsMs = now;
        Pointer broken = video.frame.opaque();
        damaged = concealed
                || video.frame.decode_error_flags() != 0
                || (video.frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0
                || broken != null && !broken.isNull();
        orientation = orientations.of(video.frame, key());
        accountMemory();
    }

    /** Accounts for pictures that become larger within the source. */
    private void accountMemory() {
        long pixels = (long) video.frame.width() * video.frame.height();
        if (pixels > largest) {
            largest = pixels;
            memory.grown(PictureMemory.bytes(video.stream.codecpar(), pixels, video.frame.format()));
        }
    }

    /**
     * Sends one packet of the video's stream to the decoder, or tells it that none is left.
     *
     * @return whether this has already received a frame
     */
    private boolean feed() throws SourceException {
        AVCodecContext codec = video.codec();
        if (!readPacket()) {
            draining = true;
            avcodec_send_packet(codec, null);
            return false;
        }
        try {
            checkTexts();
            if ((video.packet.flags() & AV_PKT_FLAG_CORRUPT) != 0 || isCutGif()) {
                // The decoder copies this pointer to the frame; a pointer other than null marks the frame as damaged.
                video.packet.opaque(video.packet);
            }
            int sent = avcodec_send_packet(codec, video.packet);
            if (!strict) {
                if (sent < 0) {
                    damage = damage.brokenPacket(ptsMs);
                }
                return false;
            }
            int got = sent < 0 ? sent : avcodec_receive_frame(codec, video.frame);
            if (got >= 0) {
                received(isCutJpeg());
                return true;
            }
            return !FfmpegErrors.isAgain(got) && decodeLeniently(codec);
        } finally {
            av_packet_unref(video.packet);
        }
    }

    /** Decodes the packet that the strict decoder refused as far as possible. */
    private boolean decodeLeniently(AVCodecContext refused) throws SourceException {
        avcodec_flush_buffers(refused);
        AVCodecContext lenient = video.lenient();
        int sent = avcodec_send_packet(lenient, video.packet);
        int got = sent < 0 ? sent : avcodec_receive_frame(lenient, video.frame);
        avcodec_flush_buffers(lenient);
        if (got < 0) {
            damage = damage.brokenPacket(ptsMs);
            return false;
        }
        received(true);
        return true;
    }

    /** Whether the packet is a JPEG file without its end; decoders accept that in progressive pictures. */
    private boolean isCutJpeg() {
        if (!(video.container().equals("image2") || video.container().endsWith("_pipe"))) {
            return false;
        }
        ByteBuffer jpeg = bytes();
        for (int i = jpeg.limit() - 2; i >= 0; i--) {
            if (jpeg.get(i) == (byte) 0xFF) {
                int marker = jpeg.get(i + 1) & 0xFF;
                if (marker == 0xD9) {
                    return false;
                }
                if (marker == 0xDA) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the packet is a GIF picture that ends within its blocks: a whole one ends with an empty block or 0x3B. */
    private boolean isCutGif() {
        if (video.stream.codecpar().codec_id() != AV_CODEC_ID_GIF || video.packet.size() == 0) {
            return false;
        }
        byte last = video.packet.data().get(video.packet.size() - 1L);
        return last != 0 && last != 0x3B;
    }

    private void checkTexts() throws SourceException {
        int codec = video.stream.codecpar().codec_id();
        if (codec != AV_CODEC_ID_PNG && codec != AV_CODEC_ID_APNG) {
            return;
        }
        long most = video.limits().metadataBytes();
        PngTextSize.Size texts = PngTextSize.of(bytes(), most);
        video.limits().checkEntries(video.name(), texts.entries());
        if (texts.bytes() > most) {
            throw new SourceException(video.name() + " holds more than " + most + " bytes of text, the limit "
                    + "FRAMEQUOTA_SOURCE_MAX_METADATA; remove it, or raise the limit");
        }
    }

    private ByteBuffer bytes() {
        return video.packet.data().capacity(video.packet.size()).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }

    private boolean readPacket() {
        int errors = 0;
        while (errors < MAX_READ_ERRORS) {
            int read = av_read_frame(video.format, video.packet);
            if (FfmpegErrors.isEnd(read)) {
                return false;
            }
            if (read < 0) {
                errors++;
                damage = damage.readError(ptsMs);
                continue;
            }
            reached();
            if (video.packet.stream_index() == video.stream.index()) {
                if (seeked && packets == 0) {
                    // A container that counts its frames has an index, which gives the packet's position.
                    packetsBefore = av_index_search_timestamp(video.stream, video.packet.dts(), AVSEEK_FLAG_ANY);
                }
                packets++;
                lastDts = NativeVideo.isTime(video.packet.dts()) ? video.packet.dts() : lastDts + 1;
                return true;
            }
            av_packet_unref(video.packet);
        }
        return false;
    }

    private void reached() {
        int index = video.packet.stream_index();
        long stamp = NativeVideo.isTime(video.packet.pts()) ? video.packet.pts() : video.packet.dts();
        if (index < msPerTickOf.length && NativeVideo.isTime(stamp)) {
            double end = (stamp + Math.max(0, video.packet.duration())) * msPerTickOf[index];
            reachedMs = Double.isNaN(reachedMs) ? end : Math.max(reachedMs, end);
        }
    }

    private void end() {
        ended = true;
        long stated = video.statedPackets();
        // Some containers count their frames exactly. For the others the duration shows when much is missing.
        boolean counted = stated > 0 && packetsBefore >= 0;
        if (counted) {
            // AVI counts a picture that is shown longer as several, of which only one is a packet; so do its times.
            long holds = video.container().equals("avi") ? lastDts + 1 : packetsBefore + packets;
            if (stated > holds) {
                ending = String.format(
                        Locale.ROOT, "the source ends early: it states %d frames and holds %d", stated, holds);
            }
            return;
        }
        double statedMs =
                NativeVideo.isTime(video.format.duration()) ? video.format.duration() * 1000.0 / AV_TIME_BASE : 0;
        boolean estimated = video.format.duration_estimation_method() == AVFMT_DURATION_FROM_BITRATE;
        // The duration is that of the longest stream, so any stream that comes near it shows that nothing is missing.
        // The last picture of a slow source is shown as long as others were.
        double missing = statedMs - (Math.max(reachedMs, ptsMs) - startMs());
        if (!estimated && packets > 1 && missing > Math.max(2000, statedMs / 20) + longestGapMs) {
            ending = String.format(
                    Locale.ROOT,
                    "the source ends early: it states %.1f s and ends at %.1f s",
                    statedMs / 1000,
                    (ptsMs - startMs()) / 1000);
        }
    }

    private double startMs() {
        long start = video.format.start_time();
        return NativeVideo.isTime(start) ? start * 1000.0 / AV_TIME_BASE : 0;
    }

    @Override
    public double ptsMs() {
        return ptsMs;
    }

    @Override
    public boolean key() {
        return (video.frame.flags() & AVFrame.AV_FRAME_FLAG_KEY) != 0;
    }

    @Override
    public boolean damaged() {
        return damaged;
    }

    @Override
    public int width() {
        return orientation.swapsSides() ? video.frame.height() : video.frame.width();
    }

    @Override
    public int height() {
        return orientation.swapsSides() ? video.frame.width() : video.frame.height();
    }

    @Override
    public ColorInfo color() {
        return new ColorInfo(video.frame.color_primaries(), video.frame.color_trc());
    }

    @Override
    public DecodedPicture picture(PixelOrder order) {
        return converter.convert(video.frame, order, orientation);
    }

    @Override
    public boolean seek(double toMs) {
        held = false;
        if (video.choice.grid() != null) {
            return false;
        }
        long ticks = (long) Math.floor(toMs / msPerTick + 1e-6);
        if (avformat_seek_file(video.format, video.stream.index(), Long.MIN_VALUE, ticks, ticks, 0) < 0) {
            return false;
        }
        avcodec_flush_buffers(video.codec());
        seeked = true;
        packets = 0;
        draining = false;
        ended = false;
        ptsMs = Double.NaN;
        return true;
    }

    @Override
    public SourceDamage damage() {
        return damage;
    }

    @Override
    public List<String> warnings() {
        List<String> lines = new ArrayList<>();
        for (String line : new String[] {video.choice.warning(), ending}) {
            if (!line.isEmpty()) {
                lines.add(line);
            }
        }
        return lines;
    }

    @Override
    public void resetDamage() {
        damage = SourceDamage.NONE;
    }

    @Override
    public void close() {
        converter.close();
        video.close();
        memory.close();
        NativeHeap.trim();
    }
}
