package io.framequota.local;

/**
 * The secrets by which the processes of one system authenticate each other. They are passed in environments, which other users
 * cannot read, never on command lines.
 *
 * @param control the scheduler's token at ingest-service
 * @param broker password of the broker's only user
 * @param inference the workers' token at the inference servers
 * @param database password of the database's only user
 */
record Secrets(String control, String broker, String inference, String database) {
    /** Does not show the secrets. */
    @Override
    public String toString() {
        return "Secrets";
    }
}
