package io.framequota.media.live.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveNetwork;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;

/** No address may be read. */
final class NoNetwork implements LiveNetwork {
    @Override
    public InetAddress lookUp(URI address) throws SourceException {
        throw new SourceException(address + " may not be read");
    }

    @Override
    public WebStream request(URI address, Duration silence) throws SourceException {
        throw new SourceException(address + " may not be read");
    }
}
