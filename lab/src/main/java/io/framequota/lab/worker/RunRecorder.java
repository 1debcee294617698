package io.framequota.lab.worker;

import io.framequota.lab.experiment.Run;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records the events of a run. Times are seconds after its start. */
final class RunRecorder {
    private final List<Run.JobRun> jobs = new ArrayList<>();
    private final List<Run.Change> changes = new ArrayList<>();
    private final Map<Long, Double> forecasts = new HashMap<>();
    private int handovers;
    private double handoverMs;
    private int starts;
    private double startMs;
    private int refused;

    void ended(Arrival arrival, double atS) {
        jobs.add(new Run.JobRun(arrival.id(), arrival.arrivalS(), atS, arrival.sizeS(), arrival.labels()));
        changes.add(new Run.Change(atS, arrival.id(), 0));
    }

    void refused() {
        refused++;
    }

    /** Records a job's new share. */
    void has(double atS, long job, double millicores) {
        changes.add(new Run.Change(atS, job, millicores));
    }

    /** Records the duration of a handover between two jobs. */
    void handedOver(long nanos) {
        handovers++;
        handoverMs += nanos / 1e6;
    }

    /** Records the time from a decision until the share was in force, for a job that took no other job's share. */
    void started(long nanos) {
        starts++;
        startMs += nanos / 1e6;
    }

    /** Mean of the recorded start times in seconds; 0 without any. */
    double startS() {
        return starts == 0 ? 0 : startMs / starts / 1000;
    }

    double handoverMs() {
        return handovers == 0 ? 0 : handoverMs / handovers;
    }

    int refusals() {
        return refused;
    }

    /** Records forecast responses by job. */
    void forecast(Map<Long, Double> seconds) {
        forecasts.putAll(seconds);
    }

    private Run.JobRun forecast(Run.JobRun job) {
        Double seconds = forecasts.get(job.id());
        return seconds == null
                ? job
                : new Run.JobRun(
                        job.id(),
                        job.arrivalS(),
                        job.endS(),
                        job.sizeS(),
                        job.labels(),
                        Optional.of(new Run.Forecast(seconds)));
    }

    /** Jobs in order of arrival. */
    List<Run.JobRun> jobs() {
        return jobs.stream()
                .map(this::forecast)
                .sorted(Comparator.comparingLong(Run.JobRun::id))
                .toList();
    }

    List<Run.Change> changes() {
        return changes.stream()
                .sorted(Comparator.comparingDouble(Run.Change::atS))
                .toList();
    }
}
