package io.framequota.ingest.report;

import io.framequota.contract.control.Forecast;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest forecasts of open jobs, from the leading scheduler. Thread-safe. */
@Singleton
public final class LatestForecasts {
    /** Watchers are notified when a forecast changes by more than this part. */
    private static final double MIN_CHANGE = 0.02;

    private final JobChangeNotifier notifier;
    private volatile Map<String, Forecast> latest = Map.of();

    LatestForecasts(JobChangeNotifier notifier) {
        this.notifier = notifier;
    }

    /** Replaces all forecasts. */
    public void replaceAll(List<Forecast> all) {
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

    /** The latest forecast of an open job, null when there is none. */
    public @Nullable Forecast get(String job) {
        return latest.get(job);
    }
}
