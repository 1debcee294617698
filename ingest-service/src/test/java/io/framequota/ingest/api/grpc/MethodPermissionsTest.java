package io.framequota.ingest.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.common.access.ControlToken;
import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.ingest.access.Permission;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.quarkus.grpc.GrpcService;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MethodPermissionsTest {
    @Test
    void everyMethodHasAnEntryAndEveryEntryAMethod() {
        List<String> methods = new ArrayList<>();
        JobsGrpc.getServiceDescriptor().getMethods().stream()
                .map(MethodDescriptor::getFullMethodName)
                .forEach(methods::add);

        assertThat(methods).hasSizeGreaterThan(8);
        assertThat(AccessInterceptor.METHODS.keySet().stream().filter(name -> !name.startsWith("grpc.")))
                .containsExactlyInAnyOrderElementsOf(methods);
    }

    @Test
    void withoutAKeyOnlyHealthAnswers() {
        assertThat(AccessInterceptor.METHODS.keySet().stream()
                        .filter(name -> AccessInterceptor.METHODS.get(name) == Permission.EVERYBODY))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("grpc.health."));
    }

    @Test
    void noServiceIsServedBesideThese() throws Exception {
        URI classes = AccessInterceptor.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        Path root = Path.of(classes);
        List<Class<?>> services = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
                if (name.endsWith("package-info")) {
                    continue;
                }
                Class<?> type = Class.forName(name, false, getClass().getClassLoader());
                if (type.isAnnotationPresent(GrpcService.class) || BindableService.class.isAssignableFrom(type)) {
                    services.add(type);
                }
            }
        }

        assertThat(services).containsExactlyInAnyOrder(JobsGrpcService.class, AuthorityGrpcService.class);
        assertThat(AuthorityGrpc.SERVICE_NAME).startsWith(ControlToken.PACKAGE);
    }
}
