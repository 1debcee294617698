package io.framequota.inference.control;

import io.framequota.contract.control.WorkerReport;
import java.util.concurrent.CompletionStage;

/** Sends a worker's reports, in order. */
public interface Reports {
    /** Sends one; the stage completes when the broker has it. Never blocks. */
    CompletionStage<Void> send(WorkerReport report);
}
