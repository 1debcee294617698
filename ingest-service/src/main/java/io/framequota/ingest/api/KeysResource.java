package io.framequota.ingest.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.framequota.ingest.access.AccessKeys;
import io.framequota.ingest.access.ApiKey;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Role;
import io.framequota.ingest.failure.RejectedRequestException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** API keys over REST, for administrators. */
@Path("/api/v1/keys")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "keys")
public class KeysResource {
    /** The names of a body's members. */
    private static final Set<String> MEMBERS = Set.of("name", "tenant", "roles");

    private final AccessKeys keys;
    private final SubmissionReader bodies;

    KeysResource(AccessKeys keys, SubmissionReader bodies) {
        this.keys = keys;
        this.bodies = bodies;
    }

    /**
     * A key.
     *
     * @param key its text, only in the answer that makes it
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record KeyJson(
            String id,
            String name,
            String tenant,
            List<String> roles,
            Instant createdAt,
            @Nullable String key) {
        static KeyJson of(ApiKey key, @Nullable String text) {
            return new KeyJson(
                    key.id(),
                    key.name(),
                    key.tenant(),
                    key.roles().stream().sorted().map(Role::label).toList(),
                    key.createdAt(),
                    text);
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "key " + id;
        }
    }

    /** Makes a key. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Makes a key: {\"roles\": [\"read\", \"submit\"], \"tenant\", \"name\"}. Roles are "
                    + "read, submit, metrics"
                    + " and admin. The answer has the key, which is shown this once and stored as a hash")
    public Response create(InputStream body) throws IOException {
        JsonNode node = bodies.object(body, MEMBERS);
        EnumSet<Role> roles = EnumSet.noneOf(Role.class);
        JsonNode names = node.path("roles");
        if (!names.isArray()) {
            throw RejectedRequestException.malformed("\"roles\" must be a list of " + Role.NAMES);
        }
        names.forEach(name -> roles.add(Role.named(name.asText())));
        String tenant = SubmissionReader.text(node, "tenant");
        ApiKey.Created created = keys.create(
                SubmissionReader.text(node, "name"), tenant.isEmpty() ? Caller.DEFAULT_TENANT : tenant, roles);
        return Response.created(URI.create("/api/v1/keys/" + created.key().id()))
                .entity(KeyJson.of(created.key(), created.text()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /** Lists the keys. */
    @GET
    @Operation(summary = "Lists the keys, oldest first, without their secrets")
    public List<KeyJson> list() {
        return keys.list().stream().map(key -> KeyJson.of(key, null)).toList();
    }

    /** Revokes a key. */
    @DELETE
    @Path("{id}")
    @Operation(summary = "Revokes a key, which opens nothing from then on")
    public Response revoke(@PathParam("id") String id) {
        keys.revoke(id);
        return Response.noContent().build();
    }
}
