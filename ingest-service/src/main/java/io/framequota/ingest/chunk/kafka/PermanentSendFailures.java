package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Recognizes errors of the producer that would come again if the same frame were sent again. */
final class PermanentSendFailures {
    private PermanentSendFailures() {}

    /** One line that says what to change; empty for a failure that may pass. */
    static Optional<String> describe(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof RecordTooLargeException || t instanceof RecordBatchTooLargeException) {
                return Optional.of("the broker takes no record as large as a frame; set max.message.bytes of topic "
                        + Topics.FRAMES + " to " + Topics.MAX_RECORD_BYTES + " or more (" + t.getMessage() + ")");
            }
            if (t instanceof AuthorizationException) {
                return Optional.of("the broker does not let this service write to topic " + Topics.FRAMES
                        + "; allow it (" + t.getMessage() + ")");
            }
        }
        return Optional.empty();
    }
}
