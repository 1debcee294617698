package io.framequota.inference.publish;

import io.framequota.inference.intake.Frame;
import java.util.concurrent.CompletionStage;

/** Puts frames aside that failed for good, for people to look at. */
public interface DeadLetters {
    /** Sends the frame as it came, with its cause; the stage completes when the broker has it. */
    CompletionStage<Void> put(Frame frame, String cause);
}
