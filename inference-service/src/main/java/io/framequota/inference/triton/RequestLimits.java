package io.framequota.inference.triton;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** How much may be under way at the server. */
final class RequestLimits {
    /** One slot is filled and one is read while the rest are at the server. */
    private static final int BESIDE = 2;

    final int cores;
    final int slotCount;
    final Semaphore slots;
    final Semaphore requests;
    /** Requests sent and not answered. */
    final AtomicInteger underWay = new AtomicInteger();

    /**
     * @param cores requests the server runs at once
     * @param inFlight requests that may be there at once
     */
    RequestLimits(int cores, int inFlight) {
        this.cores = cores;
        int bounded = Math.clamp(inFlight, 1, InferenceServer.MAX_SLOTS - BESIDE);
        slotCount = bounded + BESIDE;
        slots = new Semaphore(slotCount);
        requests = new Semaphore(bounded);
    }

    /**
     * Busy time of one request at a server that does not tell: its time there, shared with those it stood in line with.
     *
     * @param wallUs from sending to the answer
     * @param together requests under way when the answer came, this one included
     */
    long estimateComputeUs(long wallUs, int together) {
        return together <= cores ? wallUs : wallUs * cores / together;
    }
}
