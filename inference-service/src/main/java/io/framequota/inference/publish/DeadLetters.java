package io.framequota.inference.publish;

import io.framequota.inference.intake.Frame;
import java.util.concurrent.CompletionStage;

/** Keeps frames that failed for good, for people to inspect. */
public interface DeadLetters {
    /** Sends a frame as it was read, with the cause. The stage completes when the broker has it. */
    CompletionStage<Void> put(Frame frame, String cause);
}
