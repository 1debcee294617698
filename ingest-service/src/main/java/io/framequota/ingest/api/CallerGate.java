package io.framequota.ingest.api;

import io.framequota.common.access.CallerPolicy;
import io.framequota.ingest.config.IngestConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/** Refuses what pages of other sites send, on every route of the port: {@link CallerPolicy} says what that is. */
@Singleton
final class CallerGate {
    /** Ahead of every other filter. */
    private static final int FIRST = 1_000_000;

    private final CallerPolicy callers;

    CallerGate(IngestConfig config) {
        callers = new CallerPolicy(config.allowedHosts().orElse(List.of()));
    }

    void guard(@Observes Filters filters) {
        filters.register(this::check, FIRST);
    }

    /** A host that cannot be read fails a request before any filter sees it; without this its answer would be the framework's. */
    void guard(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(context -> {
            if (context.request().authority() == null) {
                context.response().setStatusCode(400).end();
            } else {
                context.next();
            }
        });
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String why = callers.refusal(new CallerPolicy.Request(
                request.method().name(),
                request.authority() == null ? null : request.authority().toString(),
                request.getHeader("Origin"),
                request.getHeader("Sec-Fetch-Site"),
                request.getHeader("Sec-Fetch-Mode")));
        if (why == null) {
            context.next();
            return;
        }
        context.response()
                .setStatusCode(403)
                .putHeader("Content-Type", CallerPolicy.PROBLEM)
                .end(CallerPolicy.problem(why));
    }
}
