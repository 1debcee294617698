package io.framequota.ingest.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** As {@link JobsProfile}, and requests must show a key or a token of {@link OidcIssuer}. */
public class AccessProfile implements QuarkusTestProfile {
    /** A key with the role admin. */
    public static final String ADMIN_KEY = "the-administrator-of-this-test";

    /** A key with the role metrics. */
    public static final String METRICS_KEY = "the-prometheus-of-this-test";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "framequota.auth", "keys",
                "framequota.admin-key", ADMIN_KEY,
                "framequota.metrics-key", METRICS_KEY);
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return new JobsProfile().getEnabledAlternatives();
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return Stream.concat(
                        new JobsProfile().testResources().stream(), Stream.of(new TestResourceEntry(OidcIssuer.class)))
                .toList();
    }
}
