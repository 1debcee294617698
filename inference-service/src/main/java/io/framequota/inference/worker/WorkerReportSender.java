package io.framequota.inference.worker;

import io.framequota.contract.control.WorkerReport;
import java.util.concurrent.CompletionStage;

/** Sends a worker's reports, in order. */
public interface WorkerReportSender {
    /** Sends one; the stage completes when the broker has it. Never blocks. */
    CompletionStage<Void> send(WorkerReport report);
}
