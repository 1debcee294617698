package io.framequota.ingest.api;

import io.framequota.common.access.CallerPolicy;
import io.framequota.ingest.access.AccessKeys;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Permission;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks requests of what the framework serves below {@code /q}, which no filter of the REST API sees. Health, which names no job, and
 * the API's description are for everybody; the metrics, which count the jobs of all tenants, and everything else are for the role metrics.
 */
@Singleton
final class MetricsGate {
    /** After the check of callers. */
    private static final int PRIORITY = 999_999;

    private static final List<String> OPEN = List.of("/q/health", "/q/openapi");

    private final AccessKeys keys;

    MetricsGate(AccessKeys keys) {
        this.keys = keys;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = context.normalizedPath();
        if (!below(path.toLowerCase(Locale.ROOT), "/q") || OPEN.stream().anyMatch(open -> below(path, open))) {
            context.next();
            return;
        }
        Optional<Caller> caller = keys.authenticate(request.getHeader("Authorization"), null);
        if (caller.isEmpty()) {
            end(context, 401, "Unauthorized", AccessKeys.UNAUTHENTICATED);
        } else if (!Permission.METRICS.allows(caller.get())) {
            end(context, 403, "Forbidden", Permission.METRICS.refusal());
        } else {
            context.next();
        }
    }

    private static void end(RoutingContext context, int status, String title, String detail) {
        if (status == 401) {
            context.response().putHeader("WWW-Authenticate", "Bearer realm=\"framequota\"");
        }
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", CallerPolicy.PROBLEM)
                .end("{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\""
                        + detail + "\"}");
    }

    private static boolean below(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }
}
