package io.framequota.inference.triton;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** How many slots of one kind may be out and how many of its requests may be at the server. */
final class RequestLimits {
    /** While the others are at the server, one slot is being filled and one is being read. */
    private static final int SLOTS_BESIDES_REQUESTS = 2;

    final int cores;
    final int slotCount;
    final Semaphore slots;
    final Semaphore requests;
    /** Requests of all kinds that were sent and are not answered. */
    final AtomicInteger inFlight;

    /**
     * @param cores requests that the server computes at once
     * @param requestLimit requests that may be at the server at once
     * @param inFlight counts the requests of all kinds
     */
    RequestLimits(int cores, int requestLimit, AtomicInteger inFlight) {
        this.cores = cores;
        this.inFlight = inFlight;
        int bounded = Math.clamp(requestLimit, 1, TritonServer.MAX_SLOTS - SLOTS_BESIDES_REQUESTS);
        slotCount = bounded + SLOTS_BESIDES_REQUESTS;
        slots = new Semaphore(slotCount);
        requests = new Semaphore(bounded);
    }

    /**
     * Estimates the compute time of a request at a server that does not report it: its time at the server, divided among the
     * requests that shared the cores with it.
     *
     * @param wallUs microseconds from sending to the answer
     * @param together requests at the server when the answer came, this one included
     */
    long estimateComputeUs(long wallUs, int together) {
        return together <= cores ? wallUs : wallUs * cores / together;
    }
}
