package io.framequota.inference.live;

import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.model.ModelCatalog.Lookup;
import io.framequota.inference.model.ModelSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The model of a stream. A model that is missing is looked for again, after longer and longer pauses; one that is there, now and then,
 * because the server may have got another one of that name. {@link #current} is for one thread, the other methods for any.
 */
final class StreamModel {
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final ModelCatalog models;
    private final String name;
    private @Nullable ModelSpec spec;
    private long lookAt = System.nanoTime();
    private int failures;
    private volatile boolean doubtful;
    private volatile String failure = "";

    StreamModel(ModelCatalog models, String name) {
        this.models = models;
        this.name = name;
    }

    /** The model; null while there is none. May wait for a short time. */
    @Nullable
    ModelSpec current() throws InterruptedException {
        long now = System.nanoTime();
        if (now - lookAt < 0 && !(doubtful && failures == 0)) {
            return spec;
        }
        doubtful = false;
        switch (models.find(name, PATIENCE)) {
            case Lookup.Found found -> {
                spec = found.model();
                failure = "";
                failures = 0;
                lookAt = now + AGAIN.toNanos();
            }
            case Lookup.Unusable unusable -> {
                spec = null;
                fail(unusable.cause(), now);
            }
            // Frames wait for the server, the newest ones.
            case Lookup.Away _ -> fail("the inference server does not answer", now);
        }
        return spec;
    }

    private void fail(String cause, long now) {
        failure = cause;
        long pause = Math.min(FIRST_PAUSE.toNanos() << Math.min(failures, 10), LONGEST_PAUSE.toNanos());
        failures++;
        lookAt = now + pause;
    }

    /** The server did not infer a frame with it. */
    void failed(String cause) {
        failure = cause;
        doubtful = true;
    }

    /** Why frames cannot be inferred, one line for people; empty while they can. */
    String failure() {
        return failure;
    }
}
