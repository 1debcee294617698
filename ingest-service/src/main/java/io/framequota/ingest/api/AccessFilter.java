package io.framequota.ingest.api;

import io.framequota.ingest.access.AccessKeys;
import io.framequota.ingest.access.AuditLog;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Permission;
import io.framequota.ingest.access.RequestRate;
import io.framequota.ingest.job.service.JobService;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/**
 * Checks every REST request before its resource is called: who sends it, whether he may, whether not too often, and whether he sees
 * the job that its path names. Requests that may change something are written to the audit log.
 */
@Singleton
class AccessFilter {
    /** The cookie that the page uses in place of the header, which a browser sends with neither videos nor event streams. */
    static final String COOKIE = "fq_session";

    /** Looked up at each request, because filters are made before there are settings. */
    private final Instance<AccessKeys> keys;

    private final Instance<RequestRate> rate;
    private final Instance<JobService> jobs;
    private final AuditLog audit;
    private final CurrentCaller current;

    AccessFilter(
            Instance<AccessKeys> keys,
            Instance<RequestRate> rate,
            Instance<JobService> jobs,
            AuditLog audit,
            CurrentCaller current) {
        this.keys = keys;
        this.rate = rate;
        this.jobs = jobs;
        this.audit = audit;
        this.current = current;
    }

    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    @Nullable
    Response check(ContainerRequestContext request, ResourceInfo resource) {
        String route = route(resource);
        Permission permission = RoutePermissions.of(route);
        if (permission == Permission.EVERYBODY) {
            return null;
        }
        Cookie cookie = request.getCookies().get(COOKIE);
        Optional<Caller> found = keys.get()
                .authenticate(
                        request.getHeaderString(HttpHeaders.AUTHORIZATION), cookie == null ? null : cookie.getValue());
        if (found.isEmpty()) {
            return unauthenticated();
        }
        Caller caller = found.get();
        current.set(caller);
        if (!permission.allows(caller)) {
            return ProblemResponse.of(403, permission.refusal());
        }
        OptionalLong wait = rate.get().take(caller);
        if (wait.isPresent()) {
            return Response.fromResponse(ProblemResponse.of(
                            429, "this key sends too many requests; send the next in " + wait.getAsLong() + " s"))
                    .header(HttpHeaders.RETRY_AFTER, wait.getAsLong())
                    .build();
        }
        if (isBelow(route, RoutePermissions.JOB)) {
            jobs.get().checkVisible(caller, id(request));
        }
        return null;
    }

    static Response unauthenticated() {
        return Response.fromResponse(ProblemResponse.of(401, AccessKeys.UNAUTHENTICATED))
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"framequota\"")
                .build();
    }

    /** Runs for every answer, also for those that the check above gave. */
    @ServerResponseFilter
    void audit(ContainerRequestContext request, ContainerResponseContext response, @Nullable ResourceInfo resource) {
        Caller caller = current.orNull();
        if (caller == null || resource == null || resource.getResourceMethod() == null) {
            return;
        }
        String route = route(resource);
        if (RoutePermissions.of(route).audited() && response.getStatus() != 429) {
            Object created = response.getHeaders().getFirst(HttpHeaders.LOCATION);
            String id = id(request);
            String object = !id.isEmpty() || created == null
                    ? id
                    : created.toString().substring(created.toString().lastIndexOf('/') + 1);
            audit.record(caller, route, object, Integer.toString(response.getStatus()));
        }
    }

    private static String route(ResourceInfo resource) {
        Method method = resource.getResourceMethod();
        String route = RoutePermissions.route(resource.getResourceClass(), method);
        return route == null ? "" : route;
    }

    private static String id(ContainerRequestContext request) {
        String id = request.getUriInfo().getPathParameters().getFirst("id");
        return id == null ? "" : id;
    }

    private static boolean isBelow(String route, String path) {
        String own = route.substring(route.indexOf(' ') + 1);
        return own.equals(path) || own.startsWith(path + "/");
    }
}
