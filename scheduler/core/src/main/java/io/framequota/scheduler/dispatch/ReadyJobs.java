package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Jobs with ready chunks in the order in which they are granted, by model. For one decision at a time: meanwhile chunks
 * are granted and none becomes ready. So each grant costs a step in a heap instead of a look at every job.
 */
final class ReadyJobs {
    private final Comparator<TrackedJob> order;
    private final Map<String, PriorityQueue<TrackedJob>> byModel = new HashMap<>();
    /** Further jobs, which come after all others. Only looked at as far as needed. */
    private Iterator<TrackedJob> rest = List.<TrackedJob>of().iterator();
    /** The job of the latest answer. It is not in its queue, because its place there changes with the grant. */
    private @Nullable TrackedJob taken;
    /** Whether a job has ready chunks that may not be granted, because it holds as many as it may. */
    private boolean heldBack;

    private long looks;

    /** @param order the first job is granted next */
    ReadyJobs(Comparator<TrackedJob> order) {
        this.order = order;
    }

    /** Begins a decision with these jobs. */
    void begin(Iterator<TrackedJob> inOrder) {
        byModel.values().forEach(PriorityQueue::clear);
        rest = inOrder;
        taken = null;
        heldBack = false;
    }

    /** How often a job was looked at. */
    long looks() {
        return looks;
    }

    void add(TrackedJob job) {
        looks++;
        if (job.mayBeGranted()) {
            byModel.computeIfAbsent(job.model, m -> new PriorityQueue<>(order)).add(job);
        } else {
            heldBack |= job.readyChunks() > 0;
        }
    }

    /** The chunk that a worker should run next, null if there is none for it. The caller grants it before it asks again. */
    @Nullable
    TrackedChunk next(TrackedWorker worker, boolean onlyWorker) {
        if (taken != null) {
            add(taken);
            taken = null;
        }
        List<TrackedJob> skipped = new ArrayList<>(0);
        TrackedChunk chunk = null;
        for (TrackedJob job = poll(worker); job != null; job = chunk == null ? poll(worker) : null) {
            chunk = job.readyFor(worker, onlyWorker);
            if (chunk == null) {
                // All its ready chunks failed on this worker before.
                skipped.add(job);
            } else {
                taken = job;
            }
        }
        skipped.forEach(this::add);
        return chunk;
    }

    private @Nullable TrackedJob poll(TrackedWorker worker) {
        PriorityQueue<TrackedJob> first = null;
        for (Map.Entry<String, PriorityQueue<TrackedJob>> entry : byModel.entrySet()) {
            PriorityQueue<TrackedJob> queue = entry.getValue();
            if (!queue.isEmpty()
                    && (first == null || order.compare(queue.element(), first.element()) < 0)
                    && worker.info.models().contains(entry.getKey())) {
                first = queue;
            }
        }
        if (first != null) {
            looks++;
            return first.remove();
        }
        while (rest.hasNext()) {
            TrackedJob job = rest.next();
            looks++;
            if (job.mayBeGranted() && worker.runs(job)) {
                return job;
            }
            add(job);
        }
        return null;
    }

    /** Whether any of the jobs that were looked at has a ready chunk that is not granted. */
    boolean any() {
        return heldBack
                || taken != null && taken.readyChunks() > 0
                || byModel.values().stream().anyMatch(queue -> !queue.isEmpty());
    }
}
