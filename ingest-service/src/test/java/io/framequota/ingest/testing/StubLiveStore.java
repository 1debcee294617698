package io.framequota.ingest.testing;

import io.framequota.contract.control.LiveStream;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.LiveStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store of live jobs for tests, which override the methods that they expect. Every other call fails. */
public class StubLiveStore implements LiveStore {
    private static UnsupportedOperationException unexpected() {
        return new UnsupportedOperationException("the test expects no such call");
    }

    @Override
    public List<Job> open() {
        throw unexpected();
    }

    @Override
    public Addresses addresses(String job) {
        throw unexpected();
    }

    @Override
    public Optional<Mark> mark(String job) {
        throw unexpected();
    }

    @Override
    public void saveMark(String job, Mark mark) {
        throw unexpected();
    }

    @Override
    public Optional<Job> saveStream(String job, LiveStream stream) {
        throw unexpected();
    }

    @Override
    public void saveLost(String job) {
        throw unexpected();
    }

    @Override
    public void saveAllLost() {
        throw unexpected();
    }

    @Override
    public Position position(String job) {
        throw unexpected();
    }

    @Override
    public void addGap(String job, StreamGap gap) {
        throw unexpected();
    }

    @Override
    public List<StreamGap> gaps(String job) {
        throw unexpected();
    }

    @Override
    public Optional<Job> commit(Window window, Instant now) {
        throw unexpected();
    }

    @Override
    public Optional<Expiry> expiry(String job, Instant now, Duration maxAge, long maxBytes) {
        throw unexpected();
    }

    @Override
    public boolean expire(Expiry expiry, String file, long bytes) {
        throw unexpected();
    }

    @Override
    public List<String> withExpired(Instant now, Duration maxAge, long maxBytes) {
        throw unexpected();
    }
}
