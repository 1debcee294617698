package io.framequota.lab.burner;

import io.framequota.common.cgroup.OwnCgroup;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Watches the quota of the own group, only while one is awaited: a parked worker has a hundredth of a core for it. */
final class QuotaWatcher {
    private static final long LOOK_EVERY_MS = 2;
    private static final long NOTHING = Long.MIN_VALUE;

    private final OwnCgroup group;
    private final LongConsumer holds;
    private final AtomicLong awaited = new AtomicLong(NOTHING);
    private final Thread watch = Thread.ofPlatform().daemon().name("quota").unstarted(this::watch);

    /** Calls {@code holds} with an awaited quota's microseconds when it is in force, from a thread of its own. */
    QuotaWatcher(OwnCgroup group, LongConsumer holds) {
        this.group = group;
        this.holds = holds;
        watch.start();
    }

    /** Waits for this quota from now on, and no longer for the one before. */
    synchronized void quota(long micros) {
        awaited.set(micros);
        notifyAll();
    }

    private void watch() {
        try {
            while (true) {
                long micros = next();
                if (group.quotaUs() == micros && awaited.compareAndSet(micros, NOTHING)) {
                    holds.accept(micros);
                } else {
                    Thread.sleep(LOOK_EVERY_MS);
                }
            }
        } catch (InterruptedException e) {
            // The process ends.
        } catch (IOException e) {
            System.err.println("the quota cannot be read: " + e.getMessage());
        }
    }

    private synchronized long next() throws InterruptedException {
        while (awaited.get() == NOTHING) {
            wait();
        }
        return awaited.get();
    }
}
