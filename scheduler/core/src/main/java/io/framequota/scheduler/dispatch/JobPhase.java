package io.framequota.scheduler.dispatch;

/** How far a job is, as far as its authority and its workers have said. Each phase offers what may follow and nothing else. */
sealed interface JobPhase {
    /** Chunks in all, -1 as long as further ones may come. */
    int chunks();

    /** No further chunk comes; said once more it changes nothing. */
    JobPhase decoded(int chunks);

    /** A job that is to be served. */
    sealed interface Wanted extends JobPhase {
        @Override
        Wanted decoded(int chunks);

        /** The authority is asked to end it. */
        default Failing fail(String cause, long nowUs) {
            return new Failing(this, cause, nowUs);
        }
    }

    /** Chunks still come. */
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

    /** All of its chunks were written. */
    record Whole(int chunks) implements Wanted {
        @Override
        public Wanted decoded(int again) {
            return this;
        }
    }

    /**
     * The authority was asked to end it, and has not said yet that it has.
     *
     * @param before what it is again when it is redriven
     * @param cause for people
     * @param sentAtUs when the authority was asked last
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

        /** The authority is asked once more. */
        Failing sentAgain(long nowUs) {
            return new Failing(before, cause, nowUs);
        }

        /** Somebody wants it served all the same. */
        Wanted redriven() {
            return before;
        }
    }
}
