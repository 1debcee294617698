package io.framequota.ingest.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/** Refuses headers that name no media type: finding a route for them would fail as if it were the server's fault. */
final class MediaTypeFilter {
    @ServerRequestFilter(preMatching = true)
    @Nullable
    Response check(ContainerRequestContext request) {
        for (String header : List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ACCEPT)) {
            String value = request.getHeaderString(header);
            if (value != null && !named(value)) {
                return ProblemResponse.of(400, header + " is no media type; send one such as application/json");
            }
        }
        return null;
    }

    private static boolean named(String value) {
        try {
            for (String type : value.split(",")) {
                MediaType.valueOf(type.strip());
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
