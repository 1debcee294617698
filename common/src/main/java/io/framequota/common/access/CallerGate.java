package io.framequota.common.access;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Applies {@link CallerPolicy} to every request of a service's HTTP port and answers 403 to those it refuses. */
@Singleton
final class CallerGate {
    /** Runs before every other filter. */
    private static final int PRIORITY = 1_000_000;

    private final CallerPolicy policy;

    CallerGate(@ConfigProperty(name = "framequota.allowed-hosts") Optional<List<String>> allowedHosts) {
        policy = new CallerPolicy(allowedHosts.orElse(List.of()));
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    /**
     * Vert.x fails a request whose Host header it cannot parse before any filter runs. Without this handler the framework would
     * answer it.
     */
    void register(@Observes Router router) {
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
        String reason = policy.refusal(new CallerPolicy.Request(
                request.method().name(),
                request.authority() == null ? null : request.authority().toString(),
                request.getHeader("Origin"),
                request.getHeader("Sec-Fetch-Site"),
                request.getHeader("Sec-Fetch-Mode")));
        if (reason == null) {
            context.next();
            return;
        }
        context.response()
                .setStatusCode(403)
                .putHeader("Content-Type", CallerPolicy.PROBLEM)
                .end(CallerPolicy.problem(reason));
    }
}
