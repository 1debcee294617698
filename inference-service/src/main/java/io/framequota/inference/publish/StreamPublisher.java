package io.framequota.inference.publish;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LiveResult;
import java.util.concurrent.CompletionStage;

/** Publishes what is found in streams. Each stream's messages are sent in the order of the calls. Safe for use by several threads. */
public interface StreamPublisher {
    /** Sends a result or a gap without waiting. The stage fails when the broker does not take it. */
    CompletionStage<Void> publish(LiveResult result);

    /** Sends a packet of an annotated stream without waiting. The stage fails when the broker does not take it. */
    CompletionStage<Void> publish(LiveAnnotated packet);
}
