package io.framequota.scheduler.controller.kafka;

import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.WorkerReport;
import io.framequota.scheduler.controller.Wire;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import java.util.Optional;
import java.util.stream.Collectors;

/** From records to events. */
final class Events {
    /** A fact of fq.jobs; empty for one of a kind that this release does not know. */
    static Optional<Event> job(JobFact fact) {
        return switch (fact.getFactCase()) {
            case SUBMITTED -> Optional.of(new Event.JobSubmitted(Wire.job(fact.getSubmitted())));
            case PROBED ->
                Optional.of(new Event.JobProbed(
                        fact.getJob(),
                        fact.getProbed().getExpectedFrames(),
                        fact.getProbed().getEstimated(),
                        Wire.frames(fact.getProbed())));
            case DECODING -> Optional.of(new Event.JobDecoding(fact.getJob()));
            case CHUNK_READY -> Optional.of(new Event.ChunkReady(Wire.chunk(fact.getChunkReady())));
            case CHUNK_COMMITTED -> Optional.of(new Event.ChunkCommitted(fact.getJob(), fact.getChunkCommitted()));
            case DECODED -> Optional.of(new Event.JobDecoded(fact.getJob(), fact.getDecoded()));
            case ENDED -> Optional.of(new Event.JobEnded(fact.getJob()));
            case FACT_NOT_SET -> Optional.empty();
        };
    }

    /** A report of fq.workers, written at {@code writtenAtMs}; empty for a kind that this release does not know. */
    static Optional<Event> worker(WorkerReport report, long writtenAtMs) {
        WorkerId id = new WorkerId(report.getWorker(), report.getInstance());
        long epoch = report.getEpoch();
        return switch (report.getKind()) {
            case HEARTBEAT -> Optional.of(heartbeat(id, report));
            case STARTED ->
                Optional.of(new Event.Started(id, epoch, Wire.grant(report.getGrant()), report.getFirstFrameAtUs()));
            case FINISHED ->
                Optional.of(new Event.Finished(id, epoch, Wire.grant(report.getGrant()), writtenAtMs * 1000));
            case FAILED ->
                Optional.of(new Event.Failed(
                        id, epoch, Wire.grant(report.getGrant()), report.getCause(), report.getPermanent()));
            case REVOKED -> Optional.of(new Event.Revoked(id, epoch, Wire.grant(report.getGrant())));
            case LEAVING -> Optional.of(new Event.Leaving(id, epoch));
            case KIND_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private static Event heartbeat(WorkerId id, WorkerReport report) {
        WorkerInfo info = new WorkerInfo(
                report.getReady(),
                report.getCores(),
                report.getModelsList().stream().map(ModelCard::getName).collect(Collectors.toSet()),
                report.getTransport(),
                report.getServer());
        return new Event.Heartbeat(
                id,
                report.getEpoch(),
                info,
                report.hasRunning() ? Wire.grant(report.getRunning()) : null,
                report.hasWaiting() ? Wire.grant(report.getWaiting()) : null);
    }

    private Events() {}
}
