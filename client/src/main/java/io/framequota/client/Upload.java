package io.framequota.client;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;

/** What is uploaded in one request. Tells errors of the source from errors of the server. */
interface Upload extends AutoCloseable {
    /** The source as the user wrote it. */
    String text();

    /** Name of the file that the server gets. */
    String fileName();

    /** The body for one request. */
    BodyPublisher body() throws IOException;

    /**
     * Ends the upload so that the server never gets all of it. Any thread may call it.
     *
     * @return false when the end of the source was read already, so that the server may have all of it
     */
    boolean stop();

    /**
     * Checks that the source could be read.
     *
     * @throws io.framequota.common.failure.Failure wrong use: it could not
     */
    void check();

    @Override
    void close();
}
