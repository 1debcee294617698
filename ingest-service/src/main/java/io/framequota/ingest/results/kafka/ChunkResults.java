package io.framequota.ingest.results.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.results.Committer;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Results from {@code fq.detections}: one at a time and in order; the offset follows when this returns. */
@Singleton
final class ChunkResults {
    private static final Logger LOG = Logger.getLogger(ChunkResults.class);

    private final Committer committer;

    ChunkResults(Committer committer) {
        this.committer = committer;
    }

    @Incoming("detections")
    @Blocking
    void result(byte[] value) throws InterruptedException {
        try {
            committer.commit(ChunkResult.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            LOG.warnf("a record of fq.detections is no chunk's result and is left out: %s", e.getMessage());
        }
    }
}
