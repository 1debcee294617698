package io.framequota.ingest.api;

import io.framequota.ingest.access.Caller;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/** Who sent the REST request that this thread answers. {@link AccessFilter} sets it before the resource is called. */
@RequestScoped
class CurrentCaller {
    private @Nullable Caller caller;

    /** @throws IllegalStateException when nobody has checked who it is */
    Caller get() {
        Caller known = caller;
        if (known == null) {
            throw new IllegalStateException("no filter has checked who calls");
        }
        return known;
    }

    /** The same, null when nobody has checked who it is. */
    @Nullable
    Caller orNull() {
        return caller;
    }

    void set(Caller checked) {
        caller = checked;
    }
}
