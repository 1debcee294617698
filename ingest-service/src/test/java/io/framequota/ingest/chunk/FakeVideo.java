package io.framequota.ingest.chunk;

import io.framequota.contract.frame.Projection;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceDamage;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.VideoReader;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A video of 8 x 8 pixels at 25 frames per second, without any pixels in memory. */
final class FakeVideo implements VideoReader {
    private final int frames;
    private int index = -1;

    FakeVideo(int frames) {
        this.frames = frames;
    }

    @Override
    public VideoInfo info() {
        return new VideoInfo(8, 8, frames, frames * 40.0, 25, "none", false, Projection.FLAT);
    }

    @Override
    public boolean next() {
        return ++index < frames;
    }

    @Override
    public double ptsMs() {
        return index * 40.0;
    }

    @Override
    public boolean key() {
        return true;
    }

    @Override
    public int width() {
        return 8;
    }

    @Override
    public int height() {
        return 8;
    }

    @Override
    public ColorInfo color() {
        return ColorInfo.BT709;
    }

    @Override
    public DecodedPicture picture(PixelOrder order) {
        return new DecodedPicture(MemorySegment.NULL, 8, 8, 24, Orientation.UPRIGHT);
    }

    @Override
    public boolean seek(double ptsMs) {
        return false;
    }

    @Override
    public boolean damaged() {
        return false;
    }

    @Override
    public SourceDamage damage() {
        return SourceDamage.NONE;
    }

    @Override
    public void resetDamage() {}

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public void close() {}
}
