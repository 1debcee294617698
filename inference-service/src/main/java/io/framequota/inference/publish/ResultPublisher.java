package io.framequota.inference.publish;

import io.framequota.contract.control.ChunkResult;
import java.util.concurrent.CompletionStage;

/** Publishes the results of finished chunks. */
public interface ResultPublisher {
    /** Sends a result. The stage completes when the broker has it and fails when the broker does not accept it. */
    CompletionStage<Void> publish(ChunkResult result);
}
