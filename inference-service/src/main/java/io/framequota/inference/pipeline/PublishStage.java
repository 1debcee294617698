package io.framequota.inference.pipeline;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.publish.ResultMember;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.worker.GrantKey;
import java.util.List;

/** Compresses the lines of a chunk and sends them. The chunk is done when the broker has acknowledged its result. */
final class PublishStage implements Stage.Handler<ChunkRun> {
    private final String worker;
    private final ResultPublisher publisher;

    PublishStage(String worker, ResultPublisher publisher) {
        this.worker = worker;
        this.publisher = publisher;
    }

    @Override
    public void handle(ChunkRun run) {
        if (!run.isOpen()) {
            return;
        }
        long began = ThreadCpuClock.now();
        List<ResultLine> lines = run.lines();
        ByteString member = ResultMember.of(lines);
        run.statistics.transportNanos.add(ThreadCpuClock.now() - began);
        ChunkResult result = ChunkResult.newBuilder()
                .setGrant(GrantKey.of(run.grant).toRef())
                .setEpoch(run.epoch)
                .setWorker(worker)
                .setFirstFrame(run.grant.getChunk().getFirstFrame())
                .setFrames(lines.size())
                .setDetections(run.statistics.detections())
                .setFailedFrames(run.statistics.failedFrames())
                .setMember(member)
                .setTimings(run.statistics.timings())
                .setTransport(run.statistics.transport())
                .build();
        publisher.publish(result).whenComplete((_, failure) -> {
            if (failure == null) {
                run.done();
            } else {
                run.fail("the broker did not accept the result: " + failure.getMessage(), false);
            }
        });
    }
}
