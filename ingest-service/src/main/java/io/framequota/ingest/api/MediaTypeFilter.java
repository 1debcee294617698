package io.framequota.ingest.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/** Rejects headers that name no media type. Without this filter, finding a route for them would fail with a server error. */
final class MediaTypeFilter {
    @ServerRequestFilter(preMatching = true)
    @Nullable
    Response check(ContainerRequestContext request) {
        for (String header : List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ACCEPT)) {
            String value = request.getHeaderString(header);
            if (value != null && !isMediaType(value)) {
                return ProblemResponse.of(400, header + " is not a media type; send one such as application/json");
            }
        }
        return null;
    }

    private static boolean isMediaType(String value) {
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
