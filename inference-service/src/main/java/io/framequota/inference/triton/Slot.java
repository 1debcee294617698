package io.framequota.inference.triton;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Room for one picture and its answer, taken from a bounded pool. Filled, sent, read and released, in this order; passed
 * from thread to thread but used by one at a time.
 */
public interface Slot {
    /** The picture lies in memory that the server reads. */
    String SHARED = "system-shared-memory";

    /** The picture is sent in the request. */
    String RAW = "raw";

    /** Where the picture goes; at least as long as the bytes asked for. Contents are undefined before. */
    MemorySegment input();

    /**
     * Sends the picture, waiting while as many requests as allowed are at the server. The server being away for a while is
     * waited out; nothing needs to be sent again.
     *
     * @param shape of the picture, batch included
     * @param whenDone called exactly once, on a thread that must not be blocked
     * @throws InterruptedException when interrupted while waiting; then {@code whenDone} is not called
     */
    void send(long[] shape, Consumer<InferenceResult> whenDone) throws InterruptedException;

    /** How the picture reaches the server: {@link #SHARED} or {@link #RAW}. */
    String transport();

    /** Gives the room back. Not while a request is under way. */
    void release();
}
