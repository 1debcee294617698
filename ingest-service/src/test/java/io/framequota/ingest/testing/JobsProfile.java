package io.framequota.ingest.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Set;

/** Runs the service with a real database and a real broker, but without decoding: for tests of jobs. */
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
