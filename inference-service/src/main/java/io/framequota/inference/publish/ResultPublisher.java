package io.framequota.inference.publish;

import io.framequota.contract.control.ChunkResult;
import java.util.concurrent.CompletionStage;

/** Publishes finished chunks. */
public interface ResultPublisher {
    /** Sends a result; the stage completes when the broker has it, or fails when it will not. */
    CompletionStage<Void> publish(ChunkResult result);
}
