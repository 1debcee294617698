package io.framequota.lab.burner;

import io.framequota.common.cgroup.OwnCgroup;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Watches the quota of this process's group, only while a change is expected: a parked worker has a hundredth of a core. */
final class QuotaWatcher {
    private static final long LOOK_EVERY_MS = 2;
    private static final long NOTHING = Long.MIN_VALUE;

    private final OwnCgroup group;
    private final LongConsumer holds;
    private final AtomicLong awaited = new AtomicLong(NOTHING);
    private final Thread watch = Thread.ofPlatform().daemon().name("quota").unstarted(this::watch);

    /** Calls {@code holds} from a separate thread when an expected quota, in microseconds, is in force. */
    QuotaWatcher(OwnCgroup group, LongConsumer holds) {
        this.group = group;
        this.holds = holds;
        watch.start();
    }

    /** Expects this quota in place of the previous one. */
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
