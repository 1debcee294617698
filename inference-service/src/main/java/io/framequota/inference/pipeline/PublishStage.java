package io.framequota.inference.pipeline;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.frame.ThreadCpuClock;
import io.framequota.inference.publish.ResultMember;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.worker.GrantKey;
import java.util.List;

/**
 * Compresses the lines of a chunk and sends them, or says why a chunk is irregular. The chunk is done when the broker has acknowledged
 * its result.
 */
final class PublishStage implements Stage.Handler<ChunkRun> {
    private static final System.Logger LOG = System.getLogger(PublishStage.class.getName());

    private final String worker;
    private final ResultPublisher publisher;

    PublishStage(String worker, ResultPublisher publisher) {
        this.worker = worker;
        this.publisher = publisher;
    }

    @Override
    public void handle(ChunkRun run) {
        if (run.hasEnded()) {
            return;
        }
        String irregular = run.irregularity();
        ChunkResult result = irregular == null ? complete(run) : irregular(run, irregular);
        publisher.publish(result).whenComplete((_, failure) -> {
            if (failure == null) {
                run.done(result.getFrames());
            } else {
                run.fail("the broker did not accept the result: " + failure.getMessage(), false);
            }
        });
    }

    private ChunkResult complete(ChunkRun run) {
        long began = ThreadCpuClock.now();
        List<ResultLine> lines = run.lines();
        ByteString member = ResultMember.of(lines);
        run.statistics.transportNanos.add(ThreadCpuClock.now() - began);
        return result(run)
                .setFirstFrame(run.grant.getChunk().getFirstFrame())
                .setFrames(lines.size())
                .setDetections(run.statistics.detections())
                .setFailedFrames(run.statistics.failedFrames())
                .setMember(member)
                .build();
    }

    private ChunkResult irregular(ChunkRun run, String reason) {
        LOG.log(
                System.Logger.Level.INFO,
                "job {0}: chunk {1} is irregular: {2}; the job goes on by pixels",
                run.grant.getChunk().getJob(),
                run.grant.getChunk().getIndex(),
                reason);
        return result(run).setIrregular(reason).build();
    }

    private ChunkResult.Builder result(ChunkRun run) {
        return ChunkResult.newBuilder()
                .setGrant(GrantKey.of(run.grant).toRef())
                .setEpoch(run.epoch)
                .setWorker(worker)
                .setTimings(run.statistics.timings())
                .setTransport(run.statistics.transport());
    }
}
