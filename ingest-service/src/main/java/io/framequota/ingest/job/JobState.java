package io.framequota.ingest.job;

import java.time.Instant;

/**
 * Where a job stands. Each state offers the transitions that are legal from it and no others; state names are stable.
 *
 * <pre>
 * QUEUED -> RUNNING -> SUCCEEDED
 *    \         |
 *     +--------+-> FAILED (-> QUEUED again by a redrive), CANCELLED
 * </pre>
 */
public sealed interface JobState {
    /** The state's stable name. */
    String name();

    /** Work is left to do. */
    sealed interface Open extends JobState {
        /** Ends the job with a cause, one line for people. */
        default Failed fail(Instant at, String cause) {
            return new Failed(at, cause);
        }

        /** Ends the job because somebody asked for it. */
        default Cancelled cancel(Instant at) {
            return new Cancelled(at);
        }
    }

    /** Nothing more happens by itself. */
    sealed interface Ended extends JobState {
        /** When it ended. */
        Instant at();
    }

    /** Waits for a decoder. */
    record Queued() implements Open {
        @Override
        public String name() {
            return "QUEUED";
        }

        /** A decoder has taken it. */
        public Running run() {
            return new Running();
        }
    }

    /** Is being decoded, or has chunks without a result. */
    record Running() implements Open {
        @Override
        public String name() {
            return "RUNNING";
        }

        /** Every chunk has its result. */
        public Succeeded succeed(Instant at) {
            return new Succeeded(at);
        }
    }

    /** Every frame has its line. */
    record Succeeded(Instant at) implements Ended {
        @Override
        public String name() {
            return "SUCCEEDED";
        }
    }

    /** Some of its chunks have no result, and why. */
    record Failed(Instant at, String cause) implements Ended {
        @Override
        public String name() {
            return "FAILED";
        }

        /** Runs what is missing. */
        public Queued redrive() {
            return new Queued();
        }
    }

    /** Somebody ended it. */
    record Cancelled(Instant at) implements Ended {
        @Override
        public String name() {
            return "CANCELLED";
        }
    }
}
