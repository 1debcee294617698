package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Which of the broker's refusals come again however often the same frame is sent. */
final class PermanentSendFailures {
    private PermanentSendFailures() {}

    /** One line with what to change; empty for a failure that may pass. */
    static Optional<String> line(Throwable failure) {
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
