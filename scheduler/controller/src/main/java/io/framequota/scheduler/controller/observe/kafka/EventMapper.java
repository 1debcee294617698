package io.framequota.scheduler.controller.observe.kafka;

import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.WorkerReport;
import io.framequota.scheduler.controller.proto.ProtoMapper;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.WorkerId;
import io.framequota.scheduler.dispatch.WorkerInfo;
import java.util.Optional;
import java.util.stream.Collectors;

/** Maps records to events. */
final class EventMapper {
    /** A fact of fq.jobs; empty for a kind that this release does not know. */
    static Optional<DispatchEvent> job(JobFact fact) {
        return switch (fact.getFactCase()) {
            case SUBMITTED ->
                Optional.of(
                        fact.getSubmitted().getLive()
                                ? new DispatchEvent.StreamSubmitted(ProtoMapper.live(fact.getSubmitted()))
                                : new DispatchEvent.JobSubmitted(ProtoMapper.job(fact.getSubmitted())));
            case PROBED ->
                Optional.of(new DispatchEvent.JobProbed(
                        fact.getJob(),
                        fact.getProbed().getExpectedFrames(),
                        fact.getProbed().getEstimated(),
                        ProtoMapper.frames(fact.getProbed())));
            case DECODING -> Optional.of(new DispatchEvent.JobDecoding(fact.getJob()));
            case CHUNK_READY -> Optional.of(new DispatchEvent.ChunkReady(ProtoMapper.chunk(fact.getChunkReady())));
            case CHUNK_COMMITTED ->
                Optional.of(new DispatchEvent.ChunkCommitted(fact.getJob(), fact.getChunkCommitted()));
            case DECODED -> Optional.of(new DispatchEvent.JobDecoded(fact.getJob(), fact.getDecoded()));
            case ENDED -> Optional.of(new DispatchEvent.JobEnded(fact.getJob()));
            case LIVE -> Optional.of(new DispatchEvent.StreamOpened(fact.getJob(), ProtoMapper.stream(fact.getLive())));
            case LIVE_LOST -> Optional.of(new DispatchEvent.StreamLost(fact.getJob()));
            case FACT_NOT_SET -> Optional.empty();
        };
    }

    /** A report of fq.workers, with the time of its record; empty for a kind that this release does not know. */
    static Optional<DispatchEvent> worker(WorkerReport report, long writtenAtMs) {
        WorkerId id = new WorkerId(report.getWorker(), report.getInstance());
        long epoch = report.getEpoch();
        return switch (report.getKind()) {
            case HEARTBEAT -> Optional.of(heartbeat(id, report));
            case STARTED ->
                Optional.of(new DispatchEvent.Started(
                        id, epoch, ProtoMapper.grant(report.getGrant()), report.getFirstFrameAtUs()));
            case FINISHED ->
                Optional.of(new DispatchEvent.Finished(
                        id, epoch, ProtoMapper.grant(report.getGrant()), report.getFrames(), writtenAtMs * 1000));
            case FAILED ->
                Optional.of(new DispatchEvent.Failed(
                        id, epoch, ProtoMapper.grant(report.getGrant()), report.getCause(), report.getPermanent()));
            case REVOKED -> Optional.of(new DispatchEvent.Revoked(id, epoch, ProtoMapper.grant(report.getGrant())));
            case LEAVING -> Optional.of(new DispatchEvent.Leaving(id, epoch));
            case KIND_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    private static DispatchEvent heartbeat(WorkerId id, WorkerReport report) {
        WorkerInfo info = new WorkerInfo(
                report.getReady(),
                report.getCores(),
                report.getModelsList().stream().map(ModelCard::getName).collect(Collectors.toSet()),
                report.getTransport(),
                report.getServer(),
                report.getProcess());
        return new DispatchEvent.Heartbeat(
                id,
                report.getEpoch(),
                info,
                report.hasRunning() ? ProtoMapper.grant(report.getRunning()) : null,
                report.hasWaiting() ? ProtoMapper.grant(report.getWaiting()) : null,
                report.getLiveList().stream().map(ProtoMapper::live).toList());
    }

    private EventMapper() {}
}
