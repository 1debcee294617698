package io.framequota.ingest.live.rtmp;

import java.time.Duration;

/**
 * What others may take of the listener.
 *
 * @param connections at the same time
 * @param connectionsOfOne at the same time from one address
 * @param opening from the connection until the client publishes or watches, all steps together
 * @param idle time in which a publisher must send something
 */
record RtmpBounds(int connections, int connectionsOfOne, Duration opening, Duration idle) {}
