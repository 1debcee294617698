package io.framequota.ingest.job.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.log.BrokerLines;
import io.framequota.ingest.job.WorkerBoard;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Reports from {@code fq.workers}. */
@Singleton
final class WorkerReports {
    private static final Logger LOG = Logger.getLogger(WorkerReports.class);

    private static final int FIRST = 1;

    private final WorkerBoard board;

    WorkerReports(WorkerBoard board) {
        this.board = board;
    }

    void quieten(@Observes @Priority(FIRST) StartupEvent started) {
        BrokerLines.thin();
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
