package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise in docs/guides/guarantees.md names tests that exist. */
class GuaranteesTest {
    private static final Pattern PROOF = Pattern.compile("`([A-Z]\\w+(?:Test|IT|ST))(?:#(\\w+))?`");
    private static final Path PAGE = Fq.ROOT.resolve("docs/guides/guarantees.md");

    @Test
    void everyPromiseNamesTestsThatExist() throws IOException {
        Map<String, String> tests = tests();
        List<String> promises = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| promise"))
                .toList();
        assertThat(promises).hasSizeGreaterThan(20);
        for (String promise : promises) {
            Matcher proof = PROOF.matcher(promise);
            int proofs = 0;
            while (proof.find()) {
                proofs++;
                assertThat(tests).as(promise).containsKey(proof.group(1));
                if (proof.group(2) != null) {
                    assertThat(tests.get(proof.group(1)))
                            .as("%s, in which %s is", promise, proof.group())
                            .containsPattern("void " + proof.group(2) + "\\(");
                }
            }
            assertThat(proofs).as("tests that prove: " + promise).isPositive();
        }
    }

    /** The sources of all tests by the name of the class. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new HashMap<>();
        try (Stream<Path> all = Files.walk(Fq.ROOT)) {
            for (Path file : all.filter(f -> f.toString().matches(".*/src/test/java/.*(Test|IT|ST)\\.java"))
                    .toList()) {
                String name = file.getFileName().toString();
                tests.merge(
                        name.substring(0, name.length() - ".java".length()), Files.readString(file), String::concat);
            }
        }
        return tests;
    }
}
