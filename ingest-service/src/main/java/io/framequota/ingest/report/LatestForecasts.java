package io.framequota.ingest.report;

import io.framequota.contract.control.Forecast;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest forecasts of the open jobs, as the leader showed them. Any thread. */
@Singleton
public final class LatestForecasts {
    /** A forecast that moves by less than this part is no news to watchers. */
    private static final double NEWS = 0.02;

    private final JobChangeNotifier events;
    private volatile Map<String, Forecast> latest = Map.of();

    LatestForecasts(JobChangeNotifier events) {
        this.events = events;
    }

    /** Takes the place of what was shown before. */
    public void show(List<Forecast> all) {
        Map<String, Forecast> before = latest;
        Map<String, Forecast> now = new HashMap<>();
        all.forEach(f -> now.put(f.getJob(), f));
        latest = now;
        now.forEach((job, forecast) -> {
            if (isNews(before.get(job), forecast)) {
                events.changed(job);
            }
        });
    }

    private static boolean isNews(@Nullable Forecast before, Forecast now) {
        return before == null
                || before.getPosition() != now.getPosition()
                || Math.abs(before.getForecastS() - now.getForecastS()) > NEWS * before.getForecastS();
    }

    /** The latest forecast of an open job, null when there is none. */
    public @Nullable Forecast of(String job) {
        return latest.get(job);
    }
}
