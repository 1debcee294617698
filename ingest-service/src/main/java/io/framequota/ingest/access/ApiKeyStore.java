package io.framequota.ingest.access;

import java.util.List;

/** The API keys in the database. Methods may block, and throw what the database's stores throw. */
public interface ApiKeyStore {
    /**
     * Adds a key unless there are as many as there may be.
     *
     * @return whether it was added
     */
    boolean insert(ApiKey key, int limit);

    /** All keys, oldest first. */
    List<ApiKey> all();

    /**
     * Deletes a key.
     *
     * @return whether there was one
     */
    boolean delete(String id);
}
