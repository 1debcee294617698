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

/** The open live jobs, kept up to date by the authority's events. */
final class StreamRegistry {
    private static final int MAX_ENDED = 10_000;

    private final Map<String, TrackedStream> byId = new HashMap<>();
    private final List<TrackedStream> byArrival = new ArrayList<>();
    /** The latest ended jobs and their attempt bases, so that a late copy of a submission does not open a job again. */
    private final Map<String, Integer> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_ENDED;
        }
    };

    private final Consumer<TrackedStream> onEnd;

    /** @param onEnd called for every live job that ended, while it still has its reservation and worker */
    StreamRegistry(Consumer<TrackedStream> onEnd) {
        this.onEnd = onEnd;
    }

    List<TrackedStream> byArrival() {
        return Collections.unmodifiableList(byArrival);
    }

    boolean isEmpty() {
        return byArrival.isEmpty();
    }

    @Nullable
    TrackedStream find(String id) {
        return byId.get(id);
    }

    /** Applies an event; returns whether it may change a decision. */
    boolean apply(DispatchEvent.JobEvent fact, long nowUs) {
        return switch (fact) {
            case DispatchEvent.StreamSubmitted(StreamJob job) -> submitted(job, nowUs);
            case DispatchEvent.StreamOpened(String id, StreamSpec spec) -> {
                TrackedStream stream = byId.get(id);
                yield stream != null && opened(stream, spec, true);
            }
            case DispatchEvent.StreamLost(String id) -> {
                TrackedStream stream = byId.get(id);
                yield stream != null && lost(stream, nowUs);
            }
            case DispatchEvent.JobEnded(String id) -> {
                TrackedStream stream = byId.get(id);
                if (stream != null) {
                    ended.put(id, stream.job.attemptsBase());
                    remove(stream);
                }
                yield stream != null;
            }
            case DispatchEvent.BacklogRead read -> {
                merge(read, nowUs);
                yield true;
            }
            case DispatchEvent.JobSubmitted ignored -> false;
            case DispatchEvent.JobProbed ignored -> false;
            case DispatchEvent.JobDecoding ignored -> false;
            case DispatchEvent.ChunkReady ignored -> false;
            case DispatchEvent.ChunkCommitted ignored -> false;
            case DispatchEvent.JobDecoded ignored -> false;
        };
    }

    private boolean submitted(StreamJob job, long nowUs) {
        Integer base = ended.get(job.id());
        if (base != null && job.attemptsBase() <= base) {
            return false;
        }
        ended.remove(job.id());
        upsert(job, nowUs);
        return true;
    }

    private void merge(DispatchEvent.BacklogRead read, long nowUs) {
        Set<String> listed = new HashSet<>();
        for (StreamJob job : read.streams()) {
            listed.add(job.id());
            ended.remove(job.id());
            upsert(job, nowUs);
        }
        for (TrackedStream stream : List.copyOf(byArrival)) {
            if (!listed.contains(stream.job.id()) && stream.job.arrival() <= read.lastArrival()) {
                remove(stream);
            }
        }
    }

    private void upsert(StreamJob job, long nowUs) {
        TrackedStream stream = byId.get(job.id());
        if (stream == null) {
            stream = new TrackedStream(job);
            byId.put(job.id(), stream);
            byArrival.add(stream);
            byArrival.sort(Comparator.comparingLong(s -> s.job.arrival()));
        } else if (job.attemptsBase() > stream.job.attemptsBase()) {
            redriven(stream);
        }
        stream.job = job;
        StreamSpec spec = job.stream();
        if (spec != null) {
            opened(stream, spec, false);
        } else if (stream.spec != null) {
            lost(stream, nowUs);
        }
    }

    private static void redriven(TrackedStream stream) {
        stream.failedOn.clear();
        stream.deaths = 0;
        stream.modelMissingSinceUs = TrackedStream.NEVER;
        if (stream.state instanceof TrackedStream.State.Failing) {
            stream.state = TrackedStream.CLOSED;
            stream.spec = null;
        }
    }

    /**
     * A stream is open, or has changed.
     *
     * @param fact whether the authority says so now; its backlog may be older than what is known
     */
    private static boolean opened(TrackedStream stream, StreamSpec spec, boolean fact) {
        StreamSpec before = stream.spec;
        if (before != null && spec.session() < before.session()) {
            return false;
        }
        boolean again = before == null || fact || spec.session() > before.session();
        boolean changed = !spec.equals(before);
        if (before == null || spec.session() > before.session()) {
            stream.failedOn.clear();
        }
        stream.spec = spec;
        stream.toSend |= changed;
        if (again && stream.lostAtUs != TrackedStream.NEVER) {
            stream.lostAtUs = TrackedStream.NEVER;
            changed = true;
        }
        if (again && stream.state instanceof TrackedStream.State.Closed) {
            stream.state = new TrackedStream.State.Waiting(TrackedStream.NEVER);
            changed = true;
        }
        return changed;
    }

    private static boolean lost(TrackedStream stream, long nowUs) {
        if (stream.spec == null || stream.lostAtUs != TrackedStream.NEVER) {
            return false;
        }
        stream.lostAtUs = nowUs;
        if (stream.isWaiting()) {
            stream.state = TrackedStream.CLOSED;
        }
        return true;
    }

    private void remove(TrackedStream stream) {
        byId.remove(stream.job.id());
        byArrival.remove(stream);
        onEnd.accept(stream);
    }
}
