package io.framequota.scheduler.controller.leadership;

import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.ModelProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An authority in memory that gives every new leader the next epoch and obeys only the newest one. */
public final class InMemoryAuthority implements Authority {
    /** The names of the schedulers that requested leadership, in order. */
    public final List<String> leaders = new CopyOnWriteArrayList<>();
    /** The open jobs that a leader recovers. */
    public final List<BacklogJob> jobs = new CopyOnWriteArrayList<>();

    private long epoch;
    private RecoveredState.@Nullable Selection selection;

    public synchronized long epoch() {
        return epoch;
    }

    public synchronized RecoveredState.@Nullable Selection selection() {
        return selection;
    }

    @Override
    public synchronized RecoveredState lead(StartupSettings settings, long stated) {
        if (stated == 0 || stated != epoch) {
            epoch++;
            leaders.add(settings.scheduler());
        }
        return new RecoveredState(epoch, new ArrayList<>(jobs), jobs.size(), selection, List.of(), List.of());
    }

    @Override
    public synchronized boolean storeSelection(long stated, RecoveredState.Selection next) {
        if (stated == epoch) {
            selection = next;
        }
        return stated == epoch;
    }

    @Override
    public void storeProfiles(long stated, List<ModelProfile> profiles) {}

    @Override
    public void decodeNext(long stated, List<String> next) {}

    @Override
    public void storeForecasts(long stated, List<JobForecast> all, Set<String> first, List<JobNote> notes) {}

    @Override
    public synchronized boolean failJob(long stated, String job, String cause) {
        return stated == epoch;
    }

    @Override
    public void keepDeaths(long stated, DispatchCommand.KeepDeaths deaths) {}

    @Override
    public long connectionLosses() {
        return 0;
    }
}
