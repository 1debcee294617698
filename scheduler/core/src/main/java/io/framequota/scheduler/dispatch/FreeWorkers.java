package io.framequota.scheduler.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The active workers that are bound to no job, for one decision. */
final class FreeWorkers {
    /** By the number of grants that they hold, in order of their names. */
    private final List<ArrayDeque<TrackedWorker>> byHeld = new ArrayList<>();
    /** Those that hold a grant of a job, in order of their names. */
    private final Map<TrackedJob, ArrayDeque<TrackedWorker>> holding = new HashMap<>();

    FreeWorkers(Collection<TrackedWorker> workers) {
        for (TrackedWorker worker : workers) {
            if (worker.active && worker.boundTo == null) {
                while (byHeld.size() <= worker.held()) {
                    byHeld.add(new ArrayDeque<>());
                }
                byHeld.get(worker.held()).add(worker);
                for (OutstandingGrant grant : worker.grants) {
                    holding.computeIfAbsent(grant.chunk.job, j -> new ArrayDeque<>())
                            .add(worker);
                }
            }
        }
    }

    /** Takes a worker that can run the job: one that holds a grant of it, otherwise one that holds the fewest. */
    @Nullable
    TrackedWorker take(TrackedJob job) {
        ArrayDeque<TrackedWorker> own = holding.get(job);
        TrackedWorker found = own == null ? null : takeFrom(own, job);
        for (int held = 0; held < byHeld.size() && found == null; held++) {
            found = takeFrom(byHeld.get(held), job);
        }
        return found;
    }

    private static @Nullable TrackedWorker takeFrom(ArrayDeque<TrackedWorker> queue, TrackedJob job) {
        for (Iterator<TrackedWorker> each = queue.iterator(); each.hasNext(); ) {
            TrackedWorker worker = each.next();
            if (worker.boundTo != null) {
                // It was taken from another queue.
                each.remove();
            } else if (worker.runs(job)) {
                each.remove();
                return worker;
            }
        }
        return null;
    }
}
