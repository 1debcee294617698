package io.framequota.ingest.live.rtmp;

import java.io.IOException;

/** The other side breaks the protocol or a bound of ours; its connection is closed. The message is one line. */
final class RtmpProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    RtmpProtocolException(String message) {
        super(message);
    }
}
