package io.framequota.scheduler.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What is shown to people about a live stream.
 *
 * @param job id of the job
 * @param model name of its model
 * @param every every Nth of its frames is inferred; 1 before it was opened
 * @param phase what it has
 * @param millicores reserved for it
 * @param demand what it needs, null before it was opened
 * @param worker name of the worker that infers it, null if none does
 * @param usedMillicores measured use, -1 while unknown
 * @param frames inferred frames that this leader knows of
 * @param dropped frames left out by the worker, because inference was behind
 * @param withoutPublisher whether it has no publisher at present
 */
public record StreamStatus(
        String job,
        String model,
        int every,
        Phase phase,
        int millicores,
        @Nullable StreamDemand demand,
        @Nullable String worker,
        double usedMillicores,
        long frames,
        long dropped,
        boolean withoutPublisher) {
    /** What a stream has. */
    public enum Phase {
        /** It is not open, and nothing is reserved. */
        CLOSED,
        /** It waits for room. */
        WAITING,
        /** It has a reservation. */
        RESERVED,
        /** The authority is asked to fail its job. */
        FAILING
    }

    static StreamStatus of(TrackedStream stream, @Nullable StreamDemand demand) {
        Phase phase = switch (stream.state) {
            case TrackedStream.State.Closed ignored -> Phase.CLOSED;
            case TrackedStream.State.Waiting ignored -> Phase.WAITING;
            case TrackedStream.State.Reserved ignored -> Phase.RESERVED;
            case TrackedStream.State.Failing ignored -> Phase.FAILING;
        };
        TrackedWorker worker = stream.worker;
        return new StreamStatus(
                stream.job.id(),
                stream.job.model(),
                stream.spec == null ? 1 : stream.spec.every(),
                phase,
                stream.millicores,
                demand,
                worker == null ? null : worker.name(),
                worker == null ? -1 : stream.meter.usedMillicores(),
                stream.meter.frames(),
                stream.meter.dropped(),
                stream.lostAtUs != TrackedStream.NEVER);
    }
}
