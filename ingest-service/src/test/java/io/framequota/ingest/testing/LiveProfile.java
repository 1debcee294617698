package io.framequota.ingest.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The service with a real database, a real broker and scripted streams, for tests of live jobs. */
public final class LiveProfile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "framequota.live-keys", keys().toString(),
                "framequota.live-window", "1S",
                "framequota.live-connect", "2S",
                "framequota.live-jobs", "6");
    }

    private static Path keys() {
        try {
            Path file = Files.createTempFile("live-keys", ".json");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file,
                    "{\"declared\":{\"every\":3,\"labels\":{\"camera\":\"desk\"},\"hls\":true},\"odd\":{\"model\":\"none\"},"
                            + "\"norths\":{\"tenant\":\"north\"},\"nobodys\":{\"tenant\":\"No Name\"}}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(
                ScriptedStreams.class, TestSources.class, TestAnnotator.class, RecordingCleaner.class, TestDisk.class);
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(LocalSystem.class));
    }
}
