package io.framequota.ingest.live.rtmp;

import io.framequota.e2e.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.List;

/** Chunks, commands and video after a good handshake. A connection reports what is wrong itself, so nothing may be thrown. */
public final class RtmpSessionFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "RTMP chunks and commands";
    }

    @Override
    public List<byte[]> corpus() throws Exception {
        return List.of(RtmpClientBytes.session());
    }

    @Override
    public void parse(byte[] input) throws Exception {
        byte[] handshake = RtmpClientBytes.handshake();
        byte[] whole = Arrays.copyOf(handshake, handshake.length + input.length);
        System.arraycopy(input, 0, whole, handshake.length, input.length);
        RtmpClientBytes.receive(whole);
    }

    @Override
    public boolean refuses(Exception error) {
        return false;
    }
}
