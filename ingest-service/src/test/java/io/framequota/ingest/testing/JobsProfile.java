package io.framequota.ingest.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Set;

/** The service with a real database, a real broker and scripted decoding, for tests of jobs. */
public final class JobsProfile implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(
                ScriptedChunkPublisher.class,
                ScriptedProbes.class,
                ScriptedTransports.class,
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
