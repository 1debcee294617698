package io.framequota.inference.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The models of the inference server, as last listed. Safe for use by several threads. */
public interface ModelCatalog {
    /** Models that take pictures, by name. Never blocks. */
    List<ModelSpec> known();

    /** The reasons why the other models cannot be used, by name, one line each. Never blocks. */
    Map<String, String> unusable();

    /**
     * Finds a model. Asks the server when the model is unknown, and waits for a server that is away.
     *
     * @throws InterruptedException when interrupted while waiting
     */
    Lookup find(String name, Duration patience) throws InterruptedException;

    /** The result of {@link #find}. */
    sealed interface Lookup {
        record Found(ModelSpec model) implements Lookup {}

        /** The server does not have the model, or the model does not take pictures. */
        record Unusable(String cause) implements Lookup {}

        /** The server did not answer in time. */
        record Away(String cause) implements Lookup {}
    }
}
