package io.framequota.inference.worker;

import io.framequota.contract.control.WorkerReport;
import java.util.concurrent.CompletionStage;

/** Sends the reports of a worker in order. */
public interface WorkerReportSender {
    /** Sends a report without blocking. The stage completes when the broker has it. */
    CompletionStage<Void> send(WorkerReport report);
}
