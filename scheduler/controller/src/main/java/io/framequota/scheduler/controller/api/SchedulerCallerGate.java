package io.framequota.scheduler.controller.api;

import io.framequota.common.access.CallerPolicy;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Refuses what pages of other sites send, on every route of the port: {@link CallerPolicy} says what that is. */
@Singleton
final class SchedulerCallerGate {
    /** Ahead of every other filter. */
    private static final int FIRST = 1_000_000;

    private final CallerPolicy callers;

    SchedulerCallerGate(@ConfigProperty(name = "framequota.allowed-hosts") Optional<List<String>> allowed) {
        callers = new CallerPolicy(allowed.orElse(List.of()));
    }

    void guard(@Observes Filters filters) {
        filters.register(this::check, FIRST);
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
