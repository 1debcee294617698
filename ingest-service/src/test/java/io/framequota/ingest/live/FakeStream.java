package io.framequota.ingest.live;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.frame.Projection;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.live.LiveReader;
import java.util.List;

/** A stream of pictures at 10 frames a second, a key picture every five, that ends or breaks after so many. Time passes as it is read. */
final class FakeStream implements LiveReader {
    private final TestClock clock;
    private final int pictures;
    private final String breaks;
    private final int resizedAt;
    private int next = -1;

    /** @param breaks message of the connection's loss behind the last picture; empty for a proper end */
    FakeStream(TestClock clock, int pictures, String breaks) {
        this(clock, pictures, breaks, Integer.MAX_VALUE);
    }

    /** @param resizedAt number of the picture from which on the size is twice that of the first */
    FakeStream(TestClock clock, int pictures, String breaks, int resizedAt) {
        this.resizedAt = resizedAt;
        this.clock = clock;
        this.pictures = pictures;
        this.breaks = breaks;
    }

    @Override
    public VideoInfo info() {
        int scale = next >= resizedAt ? 2 : 1;
        return new VideoInfo(64 * scale, 48 * scale, 0, 0, 10, "h264", false, Projection.FLAT);
    }

    @Override
    public CodecParameters parameters() {
        return CodecParameters.newBuilder().setCodec("h264").build();
    }

    @Override
    public boolean parametersChanged() {
        return next == resizedAt;
    }

    @Override
    public boolean next() throws SourceException {
        next++;
        if (next < pictures) {
            if (next > 0) {
                clock.pass(100);
            }
            return true;
        }
        if (breaks.isEmpty()) {
            return false;
        }
        throw new SourceException(breaks);
    }

    @Override
    public AccessUnit.Builder unit() {
        return AccessUnit.newBuilder()
                .setData(ByteString.copyFromUtf8("p" + next))
                .setKey(next % 5 == 0)
                .setPtsMs(next * 100.0);
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public void close() {}
}
