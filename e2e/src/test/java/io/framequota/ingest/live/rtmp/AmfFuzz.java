package io.framequota.ingest.live.rtmp;

import io.framequota.e2e.fuzz.FuzzTarget;
import java.util.List;
import java.util.Map;

/** Commands of RTMP publishers, in AMF0. */
public final class AmfFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "AMF0";
    }

    @Override
    public List<byte[]> corpus() {
        return List.of(
                Amf0.write("connect", 1.0, Map.of("app", "live", "tcUrl", "rtmp://localhost/live", "fpad", false)),
                Amf0.write("publish", 4.0, null, "key", "live"));
    }

    @Override
    public void parse(byte[] input) throws RtmpProtocolException {
        Amf0.read(input, 0);
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof RtmpProtocolException;
    }
}
