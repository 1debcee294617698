package io.framequota.local;

/**
 * What the processes of one system show each other. It travels in their environments, which no other user of the machine can
 * read, and stands on no command line.
 *
 * @param control by which ingest-service knows the scheduler
 * @param broker of the broker's only user
 * @param inference of the inference servers, for their workers
 * @param database of the database's only user
 */
record Secrets(String control, String broker, String inference, String database) {
    /** Secrets are nobody's business. */
    @Override
    public String toString() {
        return "Secrets";
    }
}
