package io.framequota.ingest.testing;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.source.SourceStore;
import io.framequota.media.decode.SourceException;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Sources for {@link ScriptedChunkPublisher}: uploads, a sample of 25 frames, and no network. */
@Singleton
@Alternative
public class TestSources implements SourceStore {
    private final IngestConfig config;

    TestSources(IngestConfig config) {
        this.config = config;
    }

    @Override
    public void check(String source) throws SourceException {
        if (!source.equals("sample:walkers") && !source.startsWith("http://") && !source.startsWith("upload:")) {
            throw new SourceException("unknown source " + source);
        }
    }

    @Override
    public Path resolve(String source, String job, BooleanSupplier stopped) throws SourceException {
        if (source.startsWith("upload:")) {
            return config.storage().resolve(source.substring("upload:".length()));
        }
        if (source.equals("sample:walkers")) {
            try {
                return Files.writeString(
                        Files.createDirectories(config.storage()).resolve("walkers"), "frames=25");
            } catch (IOException e) {
                throw new SourceException("cannot draw", e);
            }
        }
        throw new SourceException("the file fetched from " + source + " is no longer kept");
    }

    @Override
    public boolean remote(String source) {
        return source.startsWith("http://");
    }

    @Override
    public void fetch(String address, String job, BooleanSupplier stopped) throws SourceException {
        throw new SourceException("cannot fetch " + address + ": this test has no network");
    }

    @Override
    public String share(String source, String owner, String job) throws IOException {
        if (!source.startsWith("upload:")) {
            return source;
        }
        Path file = config.storage().resolve(source.substring("upload:".length()));
        Path shared = config.storage().resolve("uploads/" + job).resolve(file.getFileName());
        Files.createDirectories(shared.getParent());
        Files.createLink(shared, file);
        return "upload:" + config.storage().relativize(shared);
    }

    @Override
    public List<String> ids() {
        return List.of();
    }

    @Override
    public void discard(String job) {}
}
