package io.framequota.scheduler.dispatch;

/** The phase of an open job, according to the authority. Each phase offers only its legal transitions. */
sealed interface JobPhase {
    /** Total number of chunks, -1 while further chunks may come. */
    int chunks();

    /** The job is completely decoded. Calling this again changes nothing. */
    JobPhase decoded(int chunks);

    /** The job is to be served. */
    sealed interface Wanted extends JobPhase {
        @Override
        Wanted decoded(int chunks);

        /** The authority is asked to fail the job. */
        default Failing fail(String cause, long nowUs) {
            return new Failing(this, cause, nowUs);
        }
    }

    /** Further chunks may come. */
    record Arriving() implements Wanted {
        @Override
        public int chunks() {
            return -1;
        }

        @Override
        public Wanted decoded(int chunks) {
            return new Whole(chunks);
        }
    }

    /** All chunks are written. */
    record Whole(int chunks) implements Wanted {
        @Override
        public Wanted decoded(int again) {
            return this;
        }
    }

    /**
     * The authority was asked to fail the job and has not confirmed its end yet.
     *
     * @param before the phase to which a redrive returns
     * @param cause reason, one line for people
     * @param sentAtUs when the authority was last asked
     */
    record Failing(Wanted before, String cause, long sentAtUs) implements JobPhase {
        @Override
        public int chunks() {
            return before.chunks();
        }

        @Override
        public Failing decoded(int chunks) {
            return new Failing(before.decoded(chunks), cause, sentAtUs);
        }

        /** The authority was asked again. */
        Failing sentAgain(long nowUs) {
            return new Failing(before, cause, nowUs);
        }

        /** The job was redriven and is served again. */
        Wanted redriven() {
            return before;
        }
    }
}
