package io.framequota.ingest.job.ledger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes the watchers of a job. A notification carries no data, only that the job may have changed, so nothing is queued for a slow
 * watcher.
 */
@Singleton
public final class JobChangeNotifier {
    private final ConcurrentHashMap<String, List<Watch>> watches = new ConcurrentHashMap<>();

    /** Watches a job from now on. The caller closes the watch. */
    public Watch watch(String job) {
        Watch watch = new Watch(job);
        watches.computeIfAbsent(job, j -> new CopyOnWriteArrayList<>()).add(watch);
        return watch;
    }

    /** Notifies the watchers of a job that may have changed. */
    public void changed(String job) {
        watches.getOrDefault(job, List.of()).forEach(Watch::wake);
    }

    /** The watch of one thread. */
    public final class Watch implements AutoCloseable {
        private final String job;
        private final Semaphore changed = new Semaphore(0);

        private Watch(String job) {
            this.job = job;
        }

        private void wake() {
            // With a second permit the watcher would only look at the same job again.
            if (changed.availablePermits() == 0) {
                changed.release();
            }
        }

        /** Waits until the job may have changed since the last call, or until the timeout. */
        public void await(Duration timeout) throws InterruptedException {
            if (changed.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                changed.drainPermits();
            }
        }

        @Override
        public void close() {
            watches.computeIfPresent(job, (j, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
