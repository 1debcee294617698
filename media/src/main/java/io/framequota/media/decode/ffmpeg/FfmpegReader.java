package io.framequota.media.decode.ffmpeg;

import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceDamage;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.VideoReader;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds packets to the decoder and takes its frames, including those that it still holds at the end. The constructor decodes the
 * first frame, because only a frame tells its orientation and its size.
 */
final class FfmpegReader implements VideoReader {
    private final NativeVideo video;
    private final FfmpegPacketReader packets;
    private final FfmpegFrameDecoder decoder;
    private final VideoInfo info;
    private SourceDamage damage = SourceDamage.NONE;
    private long errorsSeen;
    private long brokenSeen;
    private String failure = "";
    private boolean held;
    private double ptsMs = Double.NaN;

    /**
     * Decodes the first frame.
     *
     * @param video closed by this reader, unless this throws
     * @param memory given back when this reader is closed
     * @throws SourceException when the pictures are beyond a limit
     */
    FfmpegReader(NativeVideo video, DecodeMemoryBudget.Share memory) throws SourceException {
        this.video = video;
        packets = new FfmpegPacketReader(video, memory);
        decoder = new FfmpegFrameDecoder(packets.parameters(), video.name(), video.limits(), memory, 1, false);
        boolean made = false;
        try {
            held = advance();
            info = held ? video.info(width(), height()) : video.info(video.orientation());
            made = true;
        } finally {
            if (!made) {
                decoder.close();
            }
        }
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
            return failure.isEmpty() && advance();
        } catch (SourceException e) {
            // The decoder could not be opened a second time, or a picture is beyond a limit.
            failure = "the source cannot be decoded further: " + e.getMessage();
            return false;
        }
    }

    private boolean advance() throws SourceException {
        boolean there;
        while (!(there = decoder.next()) && !decoder.ended()) {
            if (video.choice.grid() != null) {
                there = decoder.compose(new TiledPicture(video, video.choice.grid()), video.orientation());
                ptsMs = 0;
                break;
            }
            noteDamage();
            if (packets.next()) {
                decoder.send(packets.packet());
            } else {
                decoder.drain();
            }
        }
        noteDamage();
        if (there && !packets.tiled()) {
            ptsMs = NativeVideo.isTime(decoder.pts()) ? decoder.pts() * packets.msPerTick() : Double.NaN;
        }
        return there;
    }

    /** Counts the errors since the last call, near the current frame. */
    private void noteDamage() {
        for (; errorsSeen < packets.readErrors(); errorsSeen++) {
            damage = damage.readError(ptsMs);
        }
        for (; brokenSeen < decoder.brokenPackets(); brokenSeen++) {
            damage = damage.brokenPacket(ptsMs);
        }
    }

    @Override
    public double ptsMs() {
        return ptsMs;
    }

    @Override
    public boolean key() {
        return decoder.key();
    }

    @Override
    public boolean damaged() {
        return decoder.damaged();
    }

    @Override
    public int width() {
        return decoder.width();
    }

    @Override
    public int height() {
        return decoder.height();
    }

    @Override
    public ColorInfo color() {
        return decoder.color();
    }

    @Override
    public DecodedPicture picture(PixelOrder order) {
        return decoder.picture(order);
    }

    @Override
    public boolean seek(double toMs) {
        held = false;
        if (!packets.seek(toMs)) {
            return false;
        }
        decoder.flush();
        ptsMs = Double.NaN;
        return true;
    }

    @Override
    public SourceDamage damage() {
        return damage;
    }

    @Override
    public List<String> warnings() {
        List<String> lines = new ArrayList<>(packets.warnings());
        if (!failure.isEmpty()) {
            lines.add(failure);
        }
        return lines;
    }

    @Override
    public void resetDamage() {
        damage = SourceDamage.NONE;
    }

    @Override
    public void close() {
        decoder.close();
        packets.close();
    }
}
