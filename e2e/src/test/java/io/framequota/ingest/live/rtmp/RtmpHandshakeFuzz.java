package io.framequota.ingest.live.rtmp;

import io.framequota.e2e.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.List;

/** The first bytes of an RTMP connection. A connection reports what is wrong itself, so nothing may be thrown. */
public final class RtmpHandshakeFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "RTMP handshake";
    }

    @Override
    public List<byte[]> corpus() throws Exception {
        byte[] handshake = RtmpClientBytes.handshake();
        byte[] session = RtmpClientBytes.session();
        byte[] whole = Arrays.copyOf(handshake, handshake.length + session.length);
        System.arraycopy(session, 0, whole, handshake.length, session.length);
        return List.of(handshake, whole);
    }

    @Override
    public void parse(byte[] input) throws Exception {
        RtmpClientBytes.receive(input);
    }

    @Override
    public boolean refuses(Exception error) {
        return false;
    }
}
