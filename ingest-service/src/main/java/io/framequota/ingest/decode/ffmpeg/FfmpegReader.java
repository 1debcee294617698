package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_ANY;
import static org.bytedeco.ffmpeg.global.avformat.av_index_search_timestamp;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;

import io.framequota.ingest.decode.Light;
import io.framequota.ingest.decode.Picture;
import io.framequota.ingest.decode.PixelOrder;
import io.framequota.ingest.decode.Probe;
import io.framequota.ingest.decode.Turn;
import io.framequota.ingest.decode.VideoReader;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/** Feeds packets to the decoder and takes its frames, those it still holds at the end included. */
final class FfmpegReader implements VideoReader {
    /** A container that cannot be read on at all fails again and again without moving; then it is at its end. */
    private static final int READ_ERRORS_IN_A_ROW = 64;

    private final NativeVideo video;
    private final PictureConverter converter = new PictureConverter();
    private final Damage damage = new Damage();
    private final Turn turn;
    private final Probe probe;
    private final double msPerTick;
    /** Packets of the source before the first that was read; below 0 when that is not known. */
    private long packetsBefore;

    private long packets;
    private boolean draining;
    private boolean ended;
    private boolean sought;
    private double ptsMs = Double.NaN;

    FfmpegReader(NativeVideo video) {
        this.video = video;
        turn = video.turn();
        AVRational base = video.stream.time_base();
        msPerTick = 1000.0 * base.num() / base.den();
        probe = probe(video, turn);
    }

    private static Probe probe(NativeVideo video, Turn turn) {
        int width = video.stream.codecpar().width();
        int height = video.stream.codecpar().height();
        AVRational rate = video.stream.avg_frame_rate();
        double fps = rate.den() == 0 ? 0 : (double) rate.num() / rate.den();
        double durationMs = NativeVideo.isTime(video.format.duration())
                ? Math.max(0, video.format.duration() * 1000.0 / AV_TIME_BASE)
                : 0;
        long frames = video.stream.nb_frames();
        return new Probe(
                turn.swapsSides() ? height : width,
                turn.swapsSides() ? width : height,
                frames > 0 ? frames : Math.round(fps * durationMs / 1000),
                durationMs,
                fps,
                video.codecName());
    }

    @Override
    public Probe probe() {
        return probe;
    }

    @Override
    public boolean next() {
        while (!ended) {
            int got = avcodec_receive_frame(video.codec, video.frame);
            if (got >= 0) {
                arrived();
                return true;
            }
            if (Errors.isEnd(got)) {
                end();
            } else if (Errors.isAgain(got)) {
                feed();
            } else {
                damage.brokenPacket(ptsMs);
                // A decoder that fails while it is emptied has nothing more to give.
                ended = draining;
            }
        }
        return false;
    }

    private void arrived() {
        long ticks = video.frame.best_effort_timestamp();
        ptsMs = NativeVideo.isTime(ticks) ? ticks * msPerTick : Double.NaN;
        if (video.frame.decode_error_flags() != 0 || (video.frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
            damage.damagedFrame(ptsMs);
        }
    }

    /** Gives the decoder one packet of the video's stream, or tells it that none is left. */
    private void feed() {
        if (!readPacket()) {
            draining = true;
            avcodec_send_packet(video.codec, null);
            return;
        }
        if ((video.packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
            damage.brokenPacket(ptsMs);
        }
        int sent = avcodec_send_packet(video.codec, video.packet);
        av_packet_unref(video.packet);
        if (sent < 0) {
            damage.brokenPacket(ptsMs);
        }
    }

    private boolean readPacket() {
        int errors = 0;
        while (errors < READ_ERRORS_IN_A_ROW) {
            int read = av_read_frame(video.format, video.packet);
            if (Errors.isEnd(read)) {
                return false;
            }
            if (read < 0) {
                errors++;
                damage.readError(ptsMs);
            } else if (video.packet.stream_index() == video.stream.index()) {
                if (sought && packets == 0) {
                    // A container that counts its frames has an index, in which the packet has its place.
                    packetsBefore = av_index_search_timestamp(video.stream, video.packet.dts(), AVSEEK_FLAG_ANY);
                }
                packets++;
                return true;
            } else {
                av_packet_unref(video.packet);
            }
        }
        return false;
    }

    private void end() {
        ended = true;
        long promised = video.stream.nb_frames();
        // Some containers count their frames exactly; where they do not, the duration says when much is missing.
        boolean counted = promised > 0 && packetsBefore >= 0;
        if (counted && promised > packetsBefore + packets) {
            damage.endedEarly(String.format(
                    Locale.ROOT,
                    "the source ends early: it states %d frames and holds %d",
                    promised,
                    packetsBefore + packets));
        } else if (!counted && probe.durationMs() - ptsMs + startMs() > Math.max(2000, probe.durationMs() / 20)) {
            damage.endedEarly(String.format(
                    Locale.ROOT,
                    "the source ends early: it states %.1f s and ends at %.1f s",
                    probe.durationMs() / 1000,
                    (ptsMs - startMs()) / 1000));
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
    public int width() {
        return turn.swapsSides() ? video.frame.height() : video.frame.width();
    }

    @Override
    public int height() {
        return turn.swapsSides() ? video.frame.width() : video.frame.height();
    }

    @Override
    public Light light() {
        return new Light(video.frame.color_primaries(), video.frame.color_trc());
    }

    @Override
    public Picture picture(PixelOrder order) {
        return converter.convert(video.frame, order, turn);
    }

    @Override
    public boolean seek(double toMs) {
        long ticks = (long) Math.floor(toMs / msPerTick + 1e-6);
        if (avformat_seek_file(video.format, video.stream.index(), Long.MIN_VALUE, ticks, ticks, 0) < 0) {
            return false;
        }
        avcodec_flush_buffers(video.codec);
        sought = true;
        packets = 0;
        draining = false;
        ended = false;
        ptsMs = Double.NaN;
        return true;
    }

    @Override
    public List<String> warnings() {
        return damage.lines();
    }

    @Override
    public void forgive() {
        damage.forgive();
    }

    @Override
    public void close() {
        converter.close();
        video.close();
    }
}
