package io.framequota.scheduler.dispatch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which worker infers a stream. A stream stays where it is, unless its worker is gone, cannot infer it, or has too
 * little room while another worker has enough. Commands are sent again until heartbeats show their effect.
 */
final class StreamPlacement {
    /** A grant that heartbeats show is sent again after so long: a change of it may have been lost. */
    private static final long REFRESH_US = 10_000_000;
    /** The least time between two moves of a stream for more room. */
    private static final long STAYS_US = 5_000_000;
    /** A stream that so many workers could not infer fails. */
    private static final int MOST_FAILURES = 3;

    private final DispatcherSettings settings;
    private final StreamRegistry streams;
    private final StreamReservations reservations;
    private final WorkerRegistry workers;
    private final List<DispatchCommand> out;

    StreamPlacement(
            DispatcherSettings settings,
            StreamRegistry streams,
            StreamReservations reservations,
            WorkerRegistry workers,
            List<DispatchCommand> out) {
        this.settings = settings;
        this.streams = streams;
        this.reservations = reservations;
        this.workers = workers;
        this.out = out;
    }

    /**
     * The worker with the most room that can infer a stream, among equals one with the fewest grants; null if there is
     * none.
     */
    @Nullable
    TrackedWorker best(TrackedStream stream) {
        TrackedWorker best = null;
        for (TrackedWorker worker : workers.all()) {
            boolean can = worker.info.ready()
                    && !worker.closed
                    && worker.info.models().contains(stream.job.model())
                    && !stream.failedOn.contains(worker.name());
            if (can && (best == null || isBetter(worker, best))) {
                best = worker;
            }
        }
        return best;
    }

    private static boolean isBetter(TrackedWorker worker, TrackedWorker other) {
        return worker.room() != other.room() ? worker.room() > other.room() : worker.held() < other.held();
    }

    /** Whether a stream failed on so many workers that there is no other one to try. */
    boolean isHopeless(TrackedStream stream) {
        return stream.failedOn.size() >= MOST_FAILURES || !stream.failedOn.isEmpty() && !mayFind(stream);
    }

    /** Whether a worker may infer a stream that others could not, now or when its inference server answers again. */
    private boolean mayFind(TrackedStream stream) {
        for (TrackedWorker worker : workers.all()) {
            boolean may = !worker.info.ready() || worker.info.models().contains(stream.job.model());
            if (may && !stream.failedOn.contains(worker.name())) {
                return true;
            }
        }
        return false;
    }

    /** Places every admitted stream whose worker is gone or cannot infer, and those that another worker has room for. */
    void review(long nowUs) {
        for (TrackedStream stream : streams.byArrival()) {
            if (!stream.isReserved()) {
                continue;
            }
            TrackedWorker worker = home(stream);
            if (worker == null && stream.worker != null) {
                reservations.move(stream, null);
            }
            if (worker == null) {
                give(stream, best(stream), nowUs);
            } else if (stream.failedOn.contains(worker.name()) || isUnusable(stream, worker, nowUs)) {
                TrackedWorker other = best(stream);
                if (other != null && other != worker) {
                    stop(stream);
                    give(stream, other, nowUs);
                }
            } else if (worker.room() < 0 || isSqueezedBy(worker, stream)) {
                makeRoom(stream, worker, nowUs);
            }
            if (stream.toSend && stream.worker != null) {
                send(stream, nowUs);
            }
        }
    }

    private boolean isUnusable(TrackedStream stream, TrackedWorker worker, long nowUs) {
        if (worker.info.ready() && worker.info.models().contains(stream.job.model())) {
            stream.unusableSinceUs = TrackedStream.NEVER;
            return false;
        }
        stream.unusableSinceUs = Math.min(stream.unusableSinceUs, nowUs);
        return nowUs - stream.unusableSinceUs >= settings.vanishedAfterUs();
    }

    /** Whether a stream should have more, for which the budget has room and its worker has not. */
    private boolean isSqueezedBy(TrackedWorker worker, TrackedStream stream) {
        int more = stream.wanted - stream.millicores;
        return more > 0 && worker.room() < more && workers.budget() - workers.reserved() >= more;
    }

    private void makeRoom(TrackedStream stream, TrackedWorker worker, long nowUs) {
        TrackedWorker other = best(stream);
        if (other != null
                && other != worker
                && other.room() >= Math.max(stream.wanted, stream.millicores)
                && nowUs - stream.placedAtUs >= STAYS_US) {
            stop(stream);
            give(stream, other, nowUs);
        }
    }

    /** Gives a stream to a worker, if there is one. */
    void give(TrackedStream stream, @Nullable TrackedWorker worker, long nowUs) {
        if (worker != null) {
            reservations.move(stream, worker);
            stream.placedAtUs = nowUs;
            stream.unusableSinceUs = TrackedStream.NEVER;
            stream.failingSinceUs = TrackedStream.NEVER;
            send(stream, nowUs);
        }
    }

    /** Takes a stream from its worker. */
    void stop(TrackedStream stream) {
        TrackedWorker worker = stream.worker;
        if (worker != null) {
            out.add(new DispatchCommand.StopStream(worker.name(), stream.job.id()));
            reservations.move(stream, null);
        }
    }

    private void send(TrackedStream stream, long nowUs) {
        TrackedWorker worker = stream.worker;
        if (worker != null) {
            stream.toSend = false;
            stream.sentAtUs = nowUs;
            out.add(new DispatchCommand.GrantStream(
                    worker.name(), stream.job.id(), stream.job.model(), stream.open(), stream.millicores));
        }
    }

    /**
     * Handles the streams of a heartbeat: stops those that the worker should not infer, and sends grants again that it
     * does not show. Returns whether something may change a decision.
     */
    boolean shown(TrackedWorker worker, List<StreamReport> reports, long nowUs) {
        boolean changed = false;
        boolean stops = nowUs - worker.streamsStoppedAtUs >= settings.resendAfterUs();
        for (StreamReport report : reports) {
            TrackedStream stream = streams.find(report.job());
            if (stream != null && stream.worker == worker) {
                changed |= measured(stream, worker, report, nowUs);
            } else if (stops) {
                worker.streamsStoppedAtUs = nowUs;
                out.add(new DispatchCommand.StopStream(worker.name(), report.job()));
            }
        }
        for (TrackedStream stream : streams.byArrival()) {
            if (stream.worker == worker) {
                boolean shows = reports.stream().anyMatch(r -> r.job().equals(stream.job.id()));
                if (nowUs - stream.sentAtUs >= (shows ? REFRESH_US : settings.resendAfterUs())) {
                    send(stream, nowUs);
                }
            }
        }
        return changed;
    }

    private boolean measured(TrackedStream stream, TrackedWorker worker, StreamReport report, long nowUs) {
        stream.meter.reported(worker.id, report, stream.open().inferredPerSecond(), nowUs);
        // While its server is away or nobody sends the stream, the worker cannot show that it can.
        boolean counts = !report.failure().isEmpty() && worker.info.ready() && stream.lostAtUs == TrackedStream.NEVER;
        if (!counts) {
            stream.failingSinceUs = TrackedStream.NEVER;
            return false;
        }
        stream.failingSinceUs = Math.min(stream.failingSinceUs, nowUs);
        stream.failure = report.failure() + " (on " + worker.name() + ")";
        return nowUs - stream.failingSinceUs >= settings.streams().failedAfterUs()
                && stream.failedOn.add(worker.name());
    }

    /** The live worker of a stream, null if it has none or its process is gone. */
    @Nullable
    TrackedWorker home(TrackedStream stream) {
        TrackedWorker worker = stream.worker;
        return worker != null && workers.find(worker.id) == worker ? worker : null;
    }
}
