package io.framequota.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.ingest.access.Caller;
import io.framequota.ingest.access.Permission;
import io.framequota.ingest.access.Role;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RoutePermissionsTest {
    @Test
    void everyRouteOfEveryResourceHasAnEntryAndEveryEntryARoute() throws Exception {
        Set<String> routes = new HashSet<>();
        for (Class<?> resource : resources()) {
            for (Method method : resource.getDeclaredMethods()) {
                String route = RoutePermissions.route(resource, method);
                if (route != null) {
                    routes.add(route);
                }
            }
        }

        assertThat(routes).hasSizeGreaterThan(30);
        assertThat(RoutePermissions.ROUTES.keySet()).containsExactlyInAnyOrderElementsOf(routes);
    }

    @Test
    void onlyThePageAndTheEndOfASessionNeedNoKey() {
        assertThat(RoutePermissions.ROUTES.entrySet().stream()
                        .filter(e -> e.getValue() == Permission.EVERYBODY)
                        .map(e -> e.getKey()))
                .containsExactlyInAnyOrder("GET /", "GET /page/{name:.+}", "DELETE /api/v1/session");
        assertThat(RoutePermissions.of("GET /api/v1/new")).isEqualTo(Permission.ADMIN);
    }

    @Test
    void whatChangesSomethingNeedsMoreThanReading() {
        Caller reader = new Caller("k", "t", Set.of(Role.READ));
        assertThat(RoutePermissions.ROUTES.entrySet().stream()
                        .filter(e -> e.getValue().allows(reader) && !e.getKey().startsWith("GET "))
                        .map(e -> e.getKey()))
                .containsExactlyInAnyOrder("POST /api/v1/session", "DELETE /api/v1/session");
    }

    /** All classes of this module that have a path. */
    static List<Class<?>> resources() throws IOException, URISyntaxException, ClassNotFoundException {
        java.nio.file.Path root = java.nio.file.Path.of(JobsResource.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> found = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.walk(root)) {
            for (java.nio.file.Path file :
                    files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
                if (!name.endsWith("package-info")) {
                    Class<?> type = Class.forName(name, false, JobsResource.class.getClassLoader());
                    if (type.isAnnotationPresent(Path.class)) {
                        found.add(type);
                    }
                }
            }
        }
        return found;
    }
}
