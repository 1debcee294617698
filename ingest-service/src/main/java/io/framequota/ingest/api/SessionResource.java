package io.framequota.ingest.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.framequota.ingest.access.AccessKeys;
import io.framequota.ingest.access.AuthMode;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The web page's session: a cookie that stands for a key, so that a page keeps no key. */
@Path("/api/v1/session")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "keys")
public class SessionResource {
    private final AccessKeys keys;
    private final CurrentCaller current;

    SessionResource(AccessKeys keys, CurrentCaller current) {
        this.keys = keys;
        this.current = current;
    }

    /**
     * Who calls.
     *
     * @param auth off where nobody is asked for a key, else keys
     * @param key its id, empty when nobody is asked for one
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record SessionJson(String auth, String key, String tenant, List<String> roles) {}

    /** Who calls. */
    @GET
    @Operation(summary = "Whose key this request shows, and what it may do")
    public SessionJson get() {
        Caller caller = current.get();
        return new SessionJson(
                keys.mode().name().toLowerCase(Locale.ROOT),
                caller.key(),
                caller.tenant(),
                caller.roles().stream().sorted().map(Role::label).toList());
    }

    /** Begins a session. */
    @POST
    @Operation(
            summary =
                    "Sets the cookie fq_session for the key in the header Authorization. A browser sends it with videos and"
                            + " event streams too; it ends after eight hours, and with its key")
    public Response begin(@HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        if (keys.mode() == AuthMode.OFF) {
            return Response.ok(get()).build();
        }
        // A cookie makes no other one, so that a session ends.
        Optional<AccessKeys.Session> begun = authorization == null ? Optional.empty() : keys.session(current.get());
        return begun.map(session -> Response.ok(get())
                        .header(HttpHeaders.SET_COOKIE, cookie(session.value(), session.life()))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .build())
                .orElseGet(AccessFilter::unauthenticated);
    }

    /** Ends the session. */
    @DELETE
    @Operation(summary = "Deletes the cookie")
    public Response end() {
        return Response.noContent()
                .header(HttpHeaders.SET_COOKIE, cookie("", Duration.ZERO))
                .build();
    }

    /**
     * Without a path, so that it is for the folder of this address as the browser sees it, behind a proxy too. Not {@code Secure}:
     * whether clients speak TLS is a matter of what stands before this service.
     */
    private static String cookie(String value, Duration life) {
        return AccessFilter.COOKIE + "=" + value + "; Max-Age=" + life.toSeconds() + "; HttpOnly; SameSite=Strict";
    }
}
