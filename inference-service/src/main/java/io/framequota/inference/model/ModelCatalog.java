package io.framequota.inference.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The models that the inference server has, as it said last. Safe for use by several threads. */
public interface ModelCatalog {
    /** Models that can be fed with pictures, by name. Never blocks. */
    List<ModelSpec> known();

    /** Why the server's other models cannot be used, by name; one line each. Never blocks. */
    Map<String, String> unusable();

    /**
     * Looks a model up, asking the server when it is not known yet and waiting for a server that is away.
     *
     * @throws InterruptedException when interrupted while waiting
     */
    Lookup find(String name, Duration patience) throws InterruptedException;

    /** What became of a lookup. */
    sealed interface Lookup {
        /** The model is there. */
        record Found(ModelSpec model) implements Lookup {}

        /** The server does not have it, or it cannot be fed with pictures. */
        record Unusable(String cause) implements Lookup {}

        /** The server did not answer in time. */
        record Away(String cause) implements Lookup {}
    }
}
