package io.framequota.scheduler.controller.api;

import io.framequota.common.access.ControlToken;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Where ingest-service asks clients for keys, answers ingest-service only: the answers here name the jobs of all tenants, and a request
 * may come from this machine or pod network without being ingest-service's. Health and metrics are not served by the REST API.
 */
@Provider
public class ControlTokenFilter implements ContainerRequestFilter {
    private final String token;
    private final boolean asked;

    @Inject
    ControlTokenFilter(
            @ConfigProperty(name = "framequota.control-token") Optional<String> token,
            @ConfigProperty(name = "framequota.auth", defaultValue = "off") String auth) {
        // A token that cannot be used ends the process when it starts.
        this.token = token.orElse("");
        this.asked = !auth.equals("off");
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!allows(request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            throw HttpProblem.of(
                    Response.Status.UNAUTHORIZED,
                    "this address is for ingest-service; ask there, with a key, or show this system's "
                            + ControlToken.VARIABLE);
        }
    }

    /** @param authorization value of the header, null when there is none */
    boolean allows(@Nullable String authorization) {
        return !asked || ControlToken.of(token).matches(authorization);
    }
}
