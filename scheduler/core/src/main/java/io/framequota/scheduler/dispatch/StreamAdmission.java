package io.framequota.scheduler.dispatch;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Decides which live streams have a reservation, and how much: frames to infer per second x measured core-seconds of a
 * frame, plus headroom, in steps of {@link StreamDemand#STEP} millicores.
 *
 * <ul>
 *   <li>A stream is admitted if the budget has room for it beside all other reservations, and one worker has. Otherwise
 *       its job fails with the figures. What is only assumed of a stream never refuses it while there is some room.
 *   <li>A stream that has a reservation keeps it. If its measured cost or its rate rises, it gets more as far as there
 *       is room, and drops frames otherwise; the allocation shows both figures.
 *   <li>If the budget shrinks below the sum of all reservations and stays there, the newest stream fails.
 *   <li>The reservation of a stream without a publisher is kept for a while. Afterwards it is admitted again when it is
 *       back.
 * </ul>
 */
final class StreamAdmission {
    /** A reservation is lowered only to less than this part of it, so that shares do not change with every frame. */
    private static final double LOWERED = 0.8;
    /** A stream of unknown cost or rate is admitted if at least so many millicores are free. */
    private static final int LEAST_ASSUMED = 100;
    /** After so long without the death of a worker that inferred it, a stream starts from 0 again. */
    private static final long FORGIVEN_US = 60_000_000;

    private final DispatcherSettings settings;
    private final StreamRules rules;
    private final StreamRegistry streams;
    private final StreamReservations reservations;
    private final StreamPlacement placement;
    private final StreamCosts costs;
    private final WorkerRegistry workers;
    private final List<DispatchCommand> out;

    private long beganUs = TrackedStream.NEVER;
    /** Since when the budget is less than the sum of all reservations. */
    private long shrunkSinceUs = TrackedStream.NEVER;

    StreamAdmission(
            DispatcherSettings settings, CostEstimator chunkCosts, WorkerRegistry workers, List<DispatchCommand> out) {
        this.settings = settings;
        this.rules = settings.streams();
        this.workers = workers;
        this.out = out;
        costs = new StreamCosts(chunkCosts);
        streams = new StreamRegistry(this::ended);
        reservations = new StreamReservations(workers);
        placement = new StreamPlacement(settings, streams, reservations, workers, out);
    }

    StreamRegistry streams() {
        return streams;
    }

    /** Applies an event about a job; returns whether it may change a decision. */
    boolean apply(DispatchEvent.JobEvent fact, long nowUs) {
        beganUs = Math.min(beganUs, nowUs);
        return streams.apply(fact, nowUs);
    }

    /** Reserves so many millicores of each of these workers, for ever. */
    void fix(DispatchEvent.WorkersReserved fixed) {
        reservations.fix(fixed.millicores());
    }

    /** Handles the streams that a worker's heartbeat shows; returns whether something may change a decision. */
    boolean shown(TrackedWorker worker, List<StreamReport> reports, long nowUs) {
        if (streams.isEmpty() && reports.isEmpty()) {
            return false;
        }
        boolean adopted = false;
        for (StreamReport report : reports) {
            TrackedStream stream = streams.find(report.job());
            if (stream != null && !stream.failedOn.contains(worker.name())) {
                adopted |= adopt(stream, worker, report, nowUs);
            }
        }
        return placement.shown(worker, reports, nowUs) | adopted;
    }

    /** Takes over a stream that a worker infers: it was granted by an earlier leader, or its worker was silent. */
    private boolean adopt(TrackedStream stream, TrackedWorker worker, StreamReport report, long nowUs) {
        boolean adopts = stream.isWaiting() || stream.isReserved() && placement.home(stream) == null;
        if (!adopts) {
            return false;
        }
        if (stream.isWaiting()) {
            stream.meter.reported(worker.id, report, stream.open().inferredPerSecond(), nowUs);
            StreamDemand demand = demand(stream);
            want(stream, demand);
            reservations.admit(stream, demand.millicores());
        }
        placement.give(stream, worker, nowUs);
        return true;
    }

    /** Decides after the latest events, or because time has passed; returns whether a reservation changed. */
    boolean review(long nowUs) {
        if (streams.isEmpty()) {
            return false;
        }
        long before = reservations.changes();
        for (TrackedStream stream : List.copyOf(streams.byArrival())) {
            review(stream, nowUs);
        }
        placement.review(nowUs);
        if (nowUs - beganUs >= rules.settleUs()) {
            for (TrackedStream stream : streams.byArrival()) {
                if (stream.state instanceof TrackedStream.State.Waiting(long unfitSinceUs)) {
                    admit(stream, unfitSinceUs, nowUs);
                }
            }
        }
        endNewest(nowUs);
        return reservations.changes() != before;
    }

    private void review(TrackedStream stream, long nowUs) {
        switch (stream.state) {
            case TrackedStream.State.Closed ignored -> {
                // It waits for its publisher.
            }
            case TrackedStream.State.Waiting ignored -> failWithoutWorker(stream, nowUs);
            case TrackedStream.State.Reserved ignored -> {
                if (stream.lostAtUs != TrackedStream.NEVER && nowUs - stream.lostAtUs >= rules.keptUs()) {
                    placement.stop(stream);
                    reservations.release(stream, TrackedStream.CLOSED);
                } else if (!failWithoutWorker(stream, nowUs)) {
                    adjust(stream);
                }
            }
            case TrackedStream.State.Failing(String cause, long sentAtUs) -> {
                if (nowUs - sentAtUs >= settings.vanishedAfterUs()) {
                    ask(stream, cause, nowUs);
                }
            }
        }
    }

    private boolean failWithoutWorker(TrackedStream stream, long nowUs) {
        if (placement.isHopeless(stream)) {
            fail(stream, "the stream cannot be inferred: " + stream.failure, nowUs);
            return true;
        }
        String model = stream.job.model();
        if (!workers.lack(model)) {
            stream.modelMissingSinceUs = TrackedStream.NEVER;
            return false;
        }
        stream.modelMissingSinceUs = Math.min(stream.modelMissingSinceUs, nowUs);
        if (nowUs - stream.modelMissingSinceUs < settings.modelMissingUs()) {
            return false;
        }
        fail(stream, settings.modelMissing(model), nowUs);
        return true;
    }

    /** Brings a reservation up to date with what was measured. */
    private void adjust(TrackedStream stream) {
        double own = stream.meter.perFrameS();
        if (own > 0) {
            costs.measured(stream.job.model(), stream.open(), own);
        }
        want(stream, demand(stream));
        int millicores = stream.wanted;
        if (millicores > stream.millicores) {
            TrackedWorker worker = placement.home(stream);
            int room = (int) Math.min(free(), worker == null ? 0 : worker.room());
            int more = Math.max(0, room) / StreamDemand.STEP * StreamDemand.STEP;
            millicores = Math.min(millicores, stream.millicores + more);
        }
        if (millicores != stream.millicores) {
            reservations.resize(stream, millicores);
        }
    }

    /** Updates the millicores that a stream should have, unless the difference is small. */
    private void want(TrackedStream stream, StreamDemand demand) {
        boolean first = stream.wanted == 0 || demand.known() && !stream.known;
        if (first || demand.exact() > stream.wanted || demand.millicores() < LOWERED * stream.wanted) {
            stream.wanted = demand.millicores();
            stream.known = demand.known();
        }
    }

    /** What a stream needs, by the latest measurements. */
    private StreamDemand demand(TrackedStream stream) {
        StreamSpec spec = stream.open();
        double own = stream.meter.perFrameS();
        StreamCosts.Cost cost = own > 0 ? new StreamCosts.Cost(own, true) : costs.of(stream.job.model(), spec);
        boolean rateKnown = spec.fps() > 0;
        double perSecond = rateKnown ? spec.inferredPerSecond() : StreamDemand.ASSUMED_FPS / spec.every();
        return new StreamDemand(perSecond, rateKnown, cost.perFrameS(), cost.measured(), rules.headroom());
    }

    private double free() {
        return workers.budget() - workers.reserved();
    }

    private void admit(TrackedStream stream, long unfitSinceUs, long nowUs) {
        TrackedWorker worker = placement.best(stream);
        if (worker == null) {
            stream.state = new TrackedStream.State.Waiting(TrackedStream.NEVER);
            return;
        }
        StreamDemand demand = demand(stream);
        int room = (int) Math.min(free(), worker.room()) / StreamDemand.STEP * StreamDemand.STEP;
        boolean fits = demand.millicores() <= room;
        if (fits || !demand.known() && room >= Math.min(LEAST_ASSUMED, demand.millicores())) {
            want(stream, demand);
            reservations.admit(stream, Math.min(room, demand.millicores()));
            placement.give(stream, worker, nowUs);
            return;
        }
        long sinceUs = Math.min(unfitSinceUs, nowUs);
        stream.state = new TrackedStream.State.Waiting(sinceUs);
        if (nowUs - sinceUs >= rules.refuseAfterUs()) {
            fail(stream, refusal(stream, demand, worker), nowUs);
        }
    }

    /** One line: what the stream needs, what there is, and what to do. */
    private String refusal(TrackedStream stream, StreamDemand demand, TrackedWorker worker) {
        double free = Math.max(0, free());
        double room = Math.min(free, Math.max(0, worker.room()));
        long others =
                streams.byArrival().stream().filter(TrackedStream::isReserved).count();
        String beside = others == 0 ? "" : " beside " + others + (others == 1 ? " stream" : " streams");
        String line = String.format(
                Locale.ROOT, "%s; %.0fm of %.0fm are free%s", demand.words(), free, workers.budget(), beside);
        if (free >= demand.millicores()) {
            line += String.format(Locale.ROOT, ", and no worker has more than %.0fm of them", room);
        }
        // Without any room this one fits only if the others infer fewer frames, too.
        boolean alone = room >= StreamDemand.STEP;
        double wanted = streams.byArrival().stream()
                .filter(TrackedStream::isReserved)
                .mapToDouble(s -> Math.max(s.wanted, s.millicores))
                .sum();
        double too = alone ? demand.millicores() / room : (wanted + demand.millicores()) / workers.budget();
        double every = Math.ceil(stream.open().every() * too);
        String fewer = every <= 1000
                ? String.format(
                        Locale.ROOT, "infer fewer frames%s (--every %.0f), ", alone ? "" : " of each stream", every)
                : "";
        return line + "; " + fewer + (others == 0 ? "" : "stop a stream, ") + "or raise the budget";
    }

    /** Ends the newest stream if the budget has been less than all reservations for too long. */
    private void endNewest(long nowUs) {
        if (workers.reserved() <= workers.budget() || workers.budget() == 0) {
            shrunkSinceUs = TrackedStream.NEVER;
            return;
        }
        shrunkSinceUs = Math.min(shrunkSinceUs, nowUs);
        while (nowUs - shrunkSinceUs >= rules.shrunkUs() && workers.reserved() > workers.budget()) {
            TrackedStream newest = streams.byArrival().stream()
                    .filter(TrackedStream::isReserved)
                    .max(Comparator.comparingLong(TrackedStream::admission))
                    .orElse(null);
            if (newest == null) {
                return;
            }
            fail(
                    newest,
                    String.format(
                            Locale.ROOT,
                            "the budget shrank to %.0fm and this is the newest stream: it %s, and older streams hold"
                                    + " %dm; stop a stream or raise the budget",
                            workers.budget(),
                            demand(newest).words(),
                            workers.reserved() - newest.millicores),
                    nowUs);
        }
    }

    private void fail(TrackedStream stream, String cause, long nowUs) {
        placement.stop(stream);
        reservations.release(stream, TrackedStream.CLOSED);
        ask(stream, cause, nowUs);
    }

    private void ask(TrackedStream stream, String cause, long nowUs) {
        stream.state = new TrackedStream.State.Failing(cause, nowUs);
        out.add(new DispatchCommand.FailJob(stream.job.id(), cause));
    }

    private void ended(TrackedStream stream) {
        placement.stop(stream);
        reservations.release(stream, TrackedStream.CLOSED);
    }

    /** The streams that a worker infers. */
    List<TrackedStream> inferredBy(TrackedWorker worker) {
        return streams.byArrival().stream().filter(s -> s.worker == worker).toList();
    }

    /**
     * Deaths that were counted against streams, and the one that is counted next, were those of a chunk that is condemned. A stream
     * is excused so often only: one that ends workers itself has chunks beside it condemned.
     */
    void deathsExplained() {
        for (TrackedStream stream : streams.byArrival()) {
            if (stream.deaths > 0 && stream.excused < DispatcherSettings.DEATHS) {
                stream.excused++;
                stream.deaths = Math.max(-1, stream.deaths - DispatcherSettings.DEATHS);
            }
        }
    }

    /** The process of a worker died while it inferred these streams. One that ended workers too often fails. */
    void died(List<TrackedStream> inferred, long nowUs) {
        for (TrackedStream stream : inferred) {
            boolean open =
                    streams.find(stream.job.id()) == stream && stream.state instanceof TrackedStream.State.Wanted;
            if (open) {
                if (nowUs - stream.diedAtUs > FORGIVEN_US) {
                    stream.deaths = Math.min(0, stream.deaths);
                    stream.excused = 0;
                }
                stream.deaths++;
                stream.diedAtUs = nowUs;
                if (stream.deaths >= DispatcherSettings.DEATHS) {
                    fail(
                            stream,
                            "workers died " + stream.deaths
                                    + " times within minutes while they inferred the stream; send"
                                    + " it in another format, or use another model",
                            nowUs);
                }
            }
        }
    }

    /** What people are shown of all streams, by arrival. */
    List<StreamStatus> statuses() {
        return streams.byArrival().stream()
                .map(stream -> StreamStatus.of(stream, stream.spec == null ? null : demand(stream)))
                .toList();
    }
}
