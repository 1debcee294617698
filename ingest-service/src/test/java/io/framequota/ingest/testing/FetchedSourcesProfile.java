package io.framequota.ingest.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** As {@link JobsProfile}, but sources are fetched from servers of the test on loopback, with short timeouts. */
public final class FetchedSourcesProfile implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(
                ScriptedChunkPublisher.class,
                ScriptedProbes.class,
                ScriptedTransports.class,
                TestAnnotator.class,
                RecordingCleaner.class,
                TestDisk.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "framequota.fetch-internal",
                "true",
                "framequota.fetch-window",
                "4S",
                "quarkus.http.read-timeout",
                "3S");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(LocalSystem.class));
    }
}
