package io.framequota.ingest.job.ledger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes those who watch a job. Says only that something may have changed, so nothing is ever queued for a slow watcher. */
@Singleton
public final class JobChangeNotifier {
    private final ConcurrentHashMap<String, List<Watch>> watches = new ConcurrentHashMap<>();

    /** Follows a job from now on; to be closed. */
    public Watch watch(String job) {
        Watch watch = new Watch(job);
        watches.computeIfAbsent(job, j -> new CopyOnWriteArrayList<>()).add(watch);
        return watch;
    }

    /** The job may have changed. */
    public void changed(String job) {
        watches.getOrDefault(job, List.of()).forEach(Watch::wake);
    }

    /** One watcher's bell; not for use by several threads. */
    public final class Watch implements AutoCloseable {
        private final String job;
        private final Semaphore rung = new Semaphore(0);

        private Watch(String job) {
            this.job = job;
        }

        private void wake() {
            // More than one permit would only make the watcher look again at what it has seen.
            if (rung.availablePermits() == 0) {
                rung.release();
            }
        }

        /** Waits until the job may have changed since the last call, at most this long. */
        public void await(Duration atMost) throws InterruptedException {
            if (rung.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                rung.drainPermits();
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
