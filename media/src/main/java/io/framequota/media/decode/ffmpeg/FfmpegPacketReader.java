package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_BITRATE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_ANY;
import static org.bytedeco.ffmpeg.global.avformat.av_index_search_timestamp;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.VideoInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

/** Reads the packets of the chosen stream and notices when a source ends early. */
final class FfmpegPacketReader implements PacketReader {
    /** After so many errors in a row the source counts as ended: a container that cannot be read further fails without moving. */
    private static final int MAX_READ_ERRORS = 64;

    private final NativeVideo video;
    private final DecodeMemoryBudget.Share memory;
    private final double msPerTick;
    /** Milliseconds per tick of each stream. */
    private final double[] msPerTickOf;

    private String ending = "";
    /** Packets of the source before the first that was read; below 0 when unknown. */
    private long packetsBefore;

    private long packets;
    private long lastDts = -1;
    private boolean ended;
    private boolean seeked;
    private long readErrors;
    /** Latest time of a packet of the video, and the longest time between two packets. */
    private double lastMs = Double.NaN;

    private double longestGapMs;
    /** Decoding time of the packet that was read last. */
    private double decodedMs = Double.NaN;
    /** End of the packets of all streams so far. */
    private double reachedMs = Double.NaN;

    /**
     * @param video closed by this reader
     * @param memory given back when this reader is closed
     */
    FfmpegPacketReader(NativeVideo video, DecodeMemoryBudget.Share memory) {
        this.video = video;
        this.memory = memory;
        msPerTick = msPerTick(video.stream);
        msPerTickOf = new double[video.format.nb_streams()];
        for (int i = 0; i < msPerTickOf.length; i++) {
            msPerTickOf[i] = msPerTick(video.format.streams(i));
        }
    }

    private static double msPerTick(AVStream stream) {
        AVRational base = stream.time_base();
        return base.den() == 0 ? 0 : 1000.0 * base.num() / base.den();
    }

    @Override
    public VideoInfo info() {
        return video.info(video.orientation());
    }

    @Override
    public CodecParameters parameters() {
        return StreamParameters.of(video.stream, video.isSinglePicture());
    }

    @Override
    public boolean tiled() {
        return video.choice.grid() != null;
    }

    @Override
    public double msPerTick() {
        return msPerTick;
    }

    @Override
    public boolean next() {
        av_packet_unref(video.packet);
        int errors = 0;
        while (!ended && errors < MAX_READ_ERRORS) {
            int read = av_read_frame(video.format, video.packet);
            if (FfmpegErrors.isEnd(read)) {
                break;
            }
            if (read < 0) {
                errors++;
                readErrors++;
                continue;
            }
            reached();
            if (video.packet.stream_index() == video.stream.index()) {
                count();
                return true;
            }
            av_packet_unref(video.packet);
        }
        if (!ended) {
            ended = true;
            checkEnd();
        }
        return false;
    }

    private void count() {
        if (seeked && packets == 0) {
            // A container that counts its frames has an index, which gives the packet's position.
            packetsBefore = av_index_search_timestamp(video.stream, video.packet.dts(), AVSEEK_FLAG_ANY);
        }
        packets++;
        lastDts = NativeVideo.isTime(video.packet.dts()) ? video.packet.dts() : lastDts + 1;
        double shown = stamp() * msPerTick;
        double decoded = lastDts * msPerTick;
        lastMs = Double.isNaN(lastMs) ? shown : Math.max(lastMs, shown);
        if (decoded > decodedMs) {
            longestGapMs = Math.max(longestGapMs, decoded - decodedMs);
        }
        decodedMs = decoded;
    }

    private long stamp() {
        return NativeVideo.isTime(video.packet.pts()) ? video.packet.pts() : lastDts;
    }

    private void reached() {
        int index = video.packet.stream_index();
        long stamp = NativeVideo.isTime(video.packet.pts()) ? video.packet.pts() : video.packet.dts();
        if (index < msPerTickOf.length && NativeVideo.isTime(stamp)) {
            double end = (stamp + Math.max(0, video.packet.duration())) * msPerTickOf[index];
            reachedMs = Double.isNaN(reachedMs) ? end : Math.max(reachedMs, end);
        }
    }

    private void checkEnd() {
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
        double missing = statedMs - (Math.max(reachedMs, lastMs) - startMs());
        if (!estimated && packets > 1 && missing > Math.max(2000, statedMs / 20) + longestGapMs) {
            ending = String.format(
                    Locale.ROOT,
                    "the source ends early: it states %.1f s and ends at %.1f s",
                    statedMs / 1000,
                    (lastMs - startMs()) / 1000);
        }
    }

    private double startMs() {
        long start = video.format.start_time();
        return NativeVideo.isTime(start) ? start * 1000.0 / AV_TIME_BASE : 0;
    }

    /** The current packet, which its user may empty. */
    AVPacket packet() {
        return video.packet;
    }

    @Override
    public AccessUnit.Builder unit() {
        AVPacket from = video.packet;
        return AccessUnit.newBuilder()
                .setData(StreamParameters.bytes(from.data(), from.size()))
                .setPts(from.pts())
                .setDts(from.dts())
                .setDuration(from.duration())
                .setKey((from.flags() & AV_PKT_FLAG_KEY) != 0)
                .setDiscard((from.flags() & AV_PKT_FLAG_DISCARD) != 0)
                .addAllSideData(StreamParameters.sideData(from.side_data(), from.side_data_elems()));
    }

    @Override
    public boolean corrupt() {
        return (video.packet.flags() & AV_PKT_FLAG_CORRUPT) != 0;
    }

    @Override
    public boolean seek(double toMs) {
        if (tiled()) {
            return false;
        }
        long ticks = (long) Math.floor(toMs / msPerTick + 1e-6);
        if (avformat_seek_file(video.format, video.stream.index(), Long.MIN_VALUE, ticks, ticks, 0) < 0) {
            return false;
        }
        seeked = true;
        packets = 0;
        decodedMs = Double.NaN;
        ended = false;
        return true;
    }

    @Override
    public long readErrors() {
        return readErrors;
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
    public void close() {
        video.close();
        memory.close();
        NativeHeap.trim();
    }
}
