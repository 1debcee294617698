package io.framequota.ingest.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Set;

/** The service over a real database and a real broker, with decoding played: for tests that are about jobs. */
public final class JobsProfile implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(
                ScriptedChunkPublisher.class,
                ScriptedProbes.class,
                TestSources.class,
                TestAnnotator.class,
                RecordingCleaner.class,
                TestDisk.class);
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(LocalSystem.class));
    }
}
