package io.framequota.ingest.job;

import java.time.Instant;

/**
 * The state of a job. Each state offers only its legal transitions. The names of states are stable.
 *
 * <pre>
 * QUEUED -> RUNNING -> SUCCEEDED
 *    \         |
 *     +--------+-> FAILED, CANCELLED (-> QUEUED again by a redrive)
 * </pre>
 */
public sealed interface JobState {
    /** The state's stable name. */
    String name();

    /** A job with work left to do. */
    sealed interface Open extends JobState {
        /**
         * @param cause one line for people
         * @param badInput whether the source cannot be used
         */
        default Failed fail(Instant at, String cause, boolean badInput) {
            return new Failed(at, cause, badInput);
        }

        default Cancelled cancel(Instant at) {
            return new Cancelled(at);
        }
    }

    /** A job that has ended. */
    sealed interface Ended extends JobState {
        /** When the job ended. */
        Instant at();
    }

    /** The job waits for a decoder. */
    record Queued() implements Open {
        @Override
        public String name() {
            return "QUEUED";
        }

        public Running run() {
            return new Running();
        }
    }

    /** The source is being decoded, or chunks have no result yet. */
    record Running() implements Open {
        @Override
        public String name() {
            return "RUNNING";
        }

        public Succeeded succeed(Instant at) {
            return new Succeeded(at);
        }
    }

    /** Every chunk has its result. */
    record Succeeded(Instant at) implements Ended {
        @Override
        public String name() {
            return "SUCCEEDED";
        }
    }

    /**
     * The job ended before every chunk had its result.
     *
     * @param cause one line for people
     * @param badInput whether the source cannot be used
     */
    record Failed(Instant at, String cause, boolean badInput) implements Ended {
        @Override
        public String name() {
            return "FAILED";
        }

        public Queued redrive() {
            return new Queued();
        }
    }

    /** A client cancelled the job. */
    record Cancelled(Instant at) implements Ended {
        @Override
        public String name() {
            return "CANCELLED";
        }

        public Queued redrive() {
            return new Queued();
        }
    }
}
