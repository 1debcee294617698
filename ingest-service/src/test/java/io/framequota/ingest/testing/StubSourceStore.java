package io.framequota.ingest.testing;

import io.framequota.ingest.source.SourceStore;
import io.framequota.media.decode.SourceException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A source store for tests, which knows every source and keeps nothing. Tests override the methods that they expect. */
public class StubSourceStore implements SourceStore {
    @Override
    public void check(String source) {}

    @Override
    public boolean remote(String source) {
        return source.startsWith("http://");
    }

    @Override
    public void fetch(String address, String job, BooleanSupplier stopped)
            throws SourceException, InterruptedException {
        throw new UnsupportedOperationException("the test expects no such call");
    }

    @Override
    public Path resolve(String source, String job, BooleanSupplier stopped) throws SourceException {
        throw new UnsupportedOperationException("the test expects no such call");
    }

    @Override
    public String share(String source, String owner, String job) {
        throw new UnsupportedOperationException("the test expects no such call");
    }

    @Override
    public List<String> ids() {
        return List.of();
    }

    @Override
    public void discard(String job) {}
}
