package io.framequota.ingest.report;

import io.framequota.contract.control.Forecast;
import io.framequota.contract.control.JobNote;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The latest forecasts of open jobs and notes on them, from the leading scheduler. Thread-safe. */
@Singleton
public final class LatestForecasts {
    /** Watchers are notified when a forecast changes by more than this part. */
    private static final double MIN_CHANGE = 0.02;

    private final JobChangeNotifier notifier;
    private volatile Map<String, Forecast> latest = Map.of();
    private volatile Map<String, JobNote> notes = Map.of();

    LatestForecasts(JobChangeNotifier notifier) {
        this.notifier = notifier;
    }

    /** Replaces all forecasts and notes. */
    public void replaceAll(List<Forecast> all, List<JobNote> noted) {
        Map<String, JobNote> earlier = notes;
        Map<String, JobNote> said = new HashMap<>();
        noted.forEach(n -> said.put(n.getJob(), n));
        notes = said;
        Stream.concat(earlier.keySet().stream(), said.keySet().stream())
                .distinct()
                .filter(job -> !Objects.equals(earlier.get(job), said.get(job)))
                .forEach(notifier::changed);
        Map<String, Forecast> before = latest;
        Map<String, Forecast> now = new HashMap<>();
        all.forEach(f -> now.put(f.getJob(), f));
        latest = now;
        now.forEach((job, forecast) -> {
            if (changed(before.get(job), forecast)) {
                notifier.changed(job);
            }
        });
    }

    private static boolean changed(@Nullable Forecast before, Forecast now) {
        return before == null
                || before.getPosition() != now.getPosition()
                || Math.abs(before.getForecastS() - now.getForecastS()) > MIN_CHANGE * before.getForecastS();
    }

    /** What the leader says of an open job, null when it says nothing. */
    public @Nullable JobNote note(String job) {
        return notes.get(job);
    }

    /** The latest forecast of an open job, null when there is none. */
    public @Nullable Forecast get(String job) {
        return latest.get(job);
    }
}
