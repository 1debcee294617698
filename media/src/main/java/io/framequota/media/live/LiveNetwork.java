package io.framequota.media.live;

import io.framequota.media.decode.SourceException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;

/** Decides which addresses a reader may connect to, and connects to web addresses for it. Safe for use by many threads. */
public interface LiveNetwork {
    /**
     * Looks the host of an address up, once for a connection.
     *
     * @return an address of the host, to which the reader connects
     * @throws SourceException when the host has no address or may not be read
     */
    InetAddress lookUp(URI address) throws SourceException;

    /**
     * Requests an http or https address and follows redirects; every host on the way must be allowed.
     *
     * @param silence after which reading fails when nothing arrives
     * @throws SourceException when the host may not be read or does not answer with a stream
     * @throws InterruptedException when interrupted
     */
    WebStream request(URI address, Duration silence) throws SourceException, InterruptedException;

    /**
     * The answer to a request.
     *
     * @param at address after redirects
     * @param body closed by the receiver; another thread may close it, which ends a read that waits
     */
    record WebStream(URI at, InputStream body) {}
}
