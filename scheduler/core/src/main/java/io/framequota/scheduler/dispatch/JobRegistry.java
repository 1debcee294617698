package io.framequota.scheduler.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The open jobs, kept up to date by the authority's events. */
final class JobRegistry {
    private static final int MAX_ENDED = 10_000;
    private static final Comparator<TrackedJob> ARRIVAL = Comparator.comparingLong(j -> j.descriptor.arrival());

    private final Map<String, TrackedJob> byId = new HashMap<>();
    private final List<TrackedJob> byArrival = new ArrayList<>();
    /** The latest ended jobs and their attempt bases, so that a late copy of a submission does not open a job again. */
    private final Map<String, Integer> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_ENDED;
        }
    };

    private final DispatcherSettings settings;
    private final Consumer<TrackedJob> onEnd;
    private final GrantLifecycle grants;

    /**
     * @param settings limits and timeouts
     * @param onEnd called for every job that ended, while its grants are still outstanding
     * @param grants finishes chunks that the authority committed
     */
    JobRegistry(DispatcherSettings settings, Consumer<TrackedJob> onEnd, GrantLifecycle grants) {
        this.settings = settings;
        this.onEnd = onEnd;
        this.grants = grants;
    }

    List<TrackedJob> byArrival() {
        return Collections.unmodifiableList(byArrival);
    }

    @Nullable
    TrackedJob find(String id) {
        return byId.get(id);
    }

    @Nullable
    TrackedChunk findOpen(GrantRef ref) {
        TrackedJob job = byId.get(ref.job());
        return job == null ? null : job.open.get(ref.chunk());
    }

    /** Applies an event; returns whether it may change a decision. */
    boolean apply(DispatchEvent.JobEvent fact, long nowUs) {
        return switch (fact) {
            case DispatchEvent.JobSubmitted(BacklogJob state) -> submitted(state, nowUs);
            case DispatchEvent.JobProbed probed -> {
                TrackedJob job = byId.get(probed.job());
                yield job != null && job.probed(probed.expectedFrames(), probed.estimated(), probed.frames(), nowUs);
            }
            case DispatchEvent.JobDecoding(String id) -> {
                TrackedJob job = byId.get(id);
                if (job == null || job.decoded()) {
                    yield false;
                }
                job.comesSoon(nowUs);
                yield true;
            }
            case DispatchEvent.ChunkReady(ChunkSpec spec) -> {
                TrackedJob job = byId.get(spec.job());
                yield job != null && written(job, spec, nowUs);
            }
            case DispatchEvent.ChunkCommitted(String id, int index) -> {
                TrackedJob job = byId.get(id);
                yield job != null && commit(job, index, nowUs);
            }
            case DispatchEvent.JobDecoded(String id, int chunks) -> {
                TrackedJob job = byId.get(id);
                if (job == null || job.decoded()) {
                    yield false;
                }
                job.enter(job.phase().decoded(chunks));
                yield true;
            }
            case DispatchEvent.JobEnded(String id) -> {
                TrackedJob job = byId.get(id);
                if (job == null) {
                    yield false;
                }
                ended.put(id, job.attemptsBase);
                boolean mattered = job.hasWork() || job.held > 0;
                remove(job);
                yield mattered;
            }
            case DispatchEvent.StreamSubmitted ignored -> false;
            case DispatchEvent.StreamOpened ignored -> false;
            case DispatchEvent.StreamLost ignored -> false;
            case DispatchEvent.BacklogRead read -> {
                merge(read, nowUs);
                yield true;
            }
        };
    }

    private boolean submitted(BacklogJob state, long nowUs) {
        Integer base = ended.get(state.descriptor().id());
        if (base != null && state.attemptsBase() <= base) {
            return false;
        }
        ended.remove(state.descriptor().id());
        upsert(state, nowUs);
        return true;
    }

    private void merge(DispatchEvent.BacklogRead read, long nowUs) {
        Set<String> listed = new HashSet<>();
        for (BacklogJob state : read.jobs()) {
            listed.add(state.descriptor().id());
            ended.remove(state.descriptor().id());
            upsert(state, nowUs);
            checkMissingResults(state, nowUs);
        }
        for (TrackedJob job : List.copyOf(byArrival)) {
            if (!listed.contains(job.descriptor.id()) && job.descriptor.arrival() <= read.lastArrival()) {
                remove(job);
            }
        }
    }

    private void upsert(BacklogJob state, long nowUs) {
        TrackedJob job = byId.get(state.descriptor().id());
        boolean restarts = job != null && state.attemptsBase() > job.attemptsBase;
        if (job == null) {
            job = new TrackedJob(state.descriptor(), nowUs);
            job.attemptsBase = state.attemptsBase();
            job.attainedFrames = state.committedFrames();
            job.inherited = state.committedFrames() > 0 || state.attemptsBase() > 0;
            // It began under an earlier leader: a job that has begun keeps its place and is not refused.
            job.placed = state.committedFrames() > 0;
            byId.put(state.descriptor().id(), job);
            int at = Collections.binarySearch(byArrival, job, ARRIVAL);
            byArrival.add(at < 0 ? -at - 1 : at, job);
        } else if (restarts) {
            restart(job, state);
        }
        JobDescriptor descriptor = state.descriptor();
        job.probed(descriptor.expectedFrames(), descriptor.estimated(), descriptor.frames(), nowUs);
        Set<Integer> open = new HashSet<>();
        for (ChunkSpec chunk : state.open()) {
            open.add(chunk.index());
            written(job, chunk, nowUs);
        }
        for (Map.Entry<Integer, Integer> told : state.deaths().entrySet()) {
            TrackedChunk chunk = job.open.get(told.getKey());
            if (chunk != null && told.getValue() > chunk.deaths) {
                job.died(chunk, told.getValue());
            }
        }
        for (int index = 0; index < state.chunks(); index++) {
            if (!open.contains(index) && !state.dropped().contains(index)) {
                commit(job, index, nowUs);
            }
        }
        if (state.decoded() && !job.decoded()) {
            job.enter(job.phase().decoded(state.chunks()));
        } else if (!state.decoded() && state.chunks() > 0) {
            job.comesSoon(nowUs);
        }
        if (restarts) {
            job.attainedFrames = state.committedFrames() + job.finishedFrames();
        }
        job.touch();
    }

    /**
     * Handles results that were sent long ago and that the authority still waits for: the first time they count as
     * late, the second time as lost.
     */
    private void checkMissingResults(BacklogJob state, long nowUs) {
        TrackedJob job = byId.get(state.descriptor().id());
        if (job == null || job.finished == 0) {
            return;
        }
        Set<Integer> open = new HashSet<>();
        state.open().forEach(spec -> open.add(spec.index()));
        for (TrackedChunk chunk : List.copyOf(job.open.values())) {
            if (chunk.state instanceof TrackedChunk.State.Finished(long ignored, boolean missed)
                    && chunk.isLate(settings.resultLateUs(), nowUs)) {
                if (missed && open.contains(chunk.spec.index())) {
                    grants.lost(chunk);
                } else {
                    job.move(chunk, new TrackedChunk.State.Finished(nowUs, true));
                }
            }
        }
    }

    /**
     * The job was redriven, or its source turned out to be irregular and is written again from some chunk on. Chunks
     * that the authority does not list are forgotten; their grants end when their workers say so, and change nothing.
     */
    private static void restart(TrackedJob job, BacklogJob state) {
        job.attemptsBase = state.attemptsBase();
        job.inherited = true;
        if (job.phase() instanceof JobPhase.Failing failing) {
            job.enter(failing.redriven());
        }
        if (!state.decoded()) {
            job.enter(new JobPhase.Arriving());
        }
        job.modelMissingSinceUs = TrackedJob.NEVER;
        job.forgetUnlisted(state);
        job.acquit();
        for (TrackedChunk chunk : job.open.values()) {
            chunk.attempt = Math.max(chunk.attempt, job.attemptsBase);
            chunk.failures = 0;
        }
    }

    private boolean written(TrackedJob job, ChunkSpec spec, long nowUs) {
        if (job.committed.get(spec.index())) {
            return false;
        }
        TrackedChunk known = job.open.get(spec.index());
        if (known != null) {
            // Another process decoded it again: later attempts read the new copy.
            job.respecify(known, spec);
            return false;
        }
        if (job.readyAtUs == 0) {
            job.readyAtUs = nowUs;
        }
        job.comesSoon(nowUs);
        job.lastReadyAtUs = nowUs;
        job.add(new TrackedChunk(job, spec, job.attemptsBase));
        return true;
    }

    private boolean commit(TrackedJob job, int index, long nowUs) {
        if (job.committed.get(index)) {
            return false;
        }
        TrackedChunk chunk = job.open.get(index);
        boolean expected = chunk != null && chunk.state instanceof TrackedChunk.State.Finished;
        if (chunk != null && !expected) {
            grants.finished(chunk, nowUs);
        }
        job.commit(index);
        return !expected;
    }

    private void remove(TrackedJob job) {
        byId.remove(job.descriptor.id());
        byArrival.remove(Collections.binarySearch(byArrival, job, ARRIVAL));
        onEnd.accept(job);
    }
}
