package io.framequota.ingest.api;

import static java.util.Map.entry;

import io.framequota.ingest.access.Permission;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who may call which route of the REST API. A route that is not here is for administrators only, and a test fails. */
final class RoutePermissions {
    /** Everything below it is about one job, and is for those who see that job. */
    static final String JOB = "/api/v1/jobs/{id}";

    static final Map<String, Permission> ROUTES = Map.ofEntries(
            entry("GET /", Permission.EVERYBODY),
            entry("GET /page/{name:.+}", Permission.EVERYBODY),
            entry("GET /api/v1/session", Permission.ANY_KEY),
            entry("POST /api/v1/session", Permission.ANY_KEY),
            entry("DELETE /api/v1/session", Permission.EVERYBODY),
            entry("GET /api/v1/keys", Permission.ADMIN),
            entry("POST /api/v1/keys", Permission.ADMIN),
            entry("DELETE /api/v1/keys/{id}", Permission.ADMIN),
            entry("GET /api/v1/jobs", Permission.READ),
            entry("POST /api/v1/jobs", Permission.SUBMIT),
            entry("GET /api/v1/jobs/{id}", Permission.READ),
            entry("DELETE /api/v1/jobs/{id}", Permission.SUBMIT),
            entry("POST /api/v1/jobs/{id}/cancel", Permission.SUBMIT),
            entry("POST /api/v1/jobs/{id}/redrive", Permission.SUBMIT),
            entry("GET /api/v1/jobs/{id}/events", Permission.READ),
            entry("GET /api/v1/jobs/{id}/live", Permission.READ),
            entry("GET /api/v1/jobs/{id}/detections", Permission.READ),
            entry("GET /api/v1/jobs/{id}/tracks", Permission.READ),
            entry("GET /api/v1/jobs/{id}/video", Permission.READ),
            entry("GET /api/v1/jobs/{id}/source", Permission.READ),
            entry("GET /api/v1/jobs/{id}/live.m3u8", Permission.READ),
            entry("GET /api/v1/jobs/{id}/live/{segment}", Permission.READ),
            entry("POST /api/v1/forecast", Permission.SUBMIT),
            entry("GET /api/v1/models", Permission.READ),
            entry("GET /api/v1/allocation", Permission.READ),
            entry("GET /api/v1/workers", Permission.READ),
            entry("GET /api/v1/decisions", Permission.READ),
            entry("GET /api/v1/forecasts", Permission.READ),
            entry("GET /api/v1/policies", Permission.READ),
            entry("GET /api/v1/policy", Permission.READ),
            // These are computed from the jobs of all tenants.
            entry("GET /api/v1/decisions/replay", Permission.ADMIN),
            entry("GET /api/v1/policies/shadow", Permission.ADMIN),
            entry("GET /api/v1/policies/accuracy", Permission.ADMIN),
            entry("PUT /api/v1/policy", Permission.ADMIN));

    private RoutePermissions() {}

    /** Who may call a route. */
    static Permission of(String route) {
        return ROUTES.getOrDefault(route, Permission.ADMIN);
    }

    /** The route of a resource's method, such as {@code GET /api/v1/jobs/{id}}; null for a method that is none. */
    static @Nullable String route(Class<?> resource, Method method) {
        for (Annotation annotation : method.getAnnotations()) {
            HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (http != null) {
                return http.value() + " " + path(resource.getAnnotation(Path.class), method.getAnnotation(Path.class));
            }
        }
        return null;
    }

    private static String path(@Nullable Path resource, @Nullable Path method) {
        String path = ("/" + (resource == null ? "" : resource.value()) + "/" + (method == null ? "" : method.value()))
                .replaceAll("/+", "/");
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
