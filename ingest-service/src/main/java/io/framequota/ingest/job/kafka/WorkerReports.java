package io.framequota.ingest.job.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.WorkerReport;
import io.framequota.ingest.job.WorkerBoard;
import io.smallrye.common.annotation.Blocking;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Reports from {@code fq.workers}. */
@Singleton
final class WorkerReports {
    private static final Logger LOG = Logger.getLogger(WorkerReports.class);

    private final WorkerBoard board;

    WorkerReports(WorkerBoard board) {
        this.board = board;
    }

    @Incoming("workers")
    @Blocking
    void report(byte[] value) {
        try {
            board.reported(WorkerReport.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            LOG.warnf("a record of fq.workers is no worker's report: %s", e.getMessage());
        }
    }
}
