package io.framequota.scheduler.controller.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.EndedJob;
import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.ForecastAccuracy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two workers, frames of 10 ms. */
class ForecasterTest {
    private static final long NOW_US = 5_000_000_000L;

    private record Told(long epoch, List<JobForecast> all, List<String> first) {}

    private final LinkedBlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final AtomicLong nanos = new AtomicLong(1);
    private final Forecaster forecaster =
            new Forecaster((epoch, all, first) -> told.add(new Told(epoch, all, first)), nanos::get);

    @AfterEach
    void close() {
        forecaster.close();
    }

    private static DispatcherSnapshot present(String policy, int... frames) {
        List<DispatcherSnapshot.OpenJob> tasks = new ArrayList<>();
        for (int i = 0; i < frames.length; i++) {
            JobDescriptor descriptor = new JobDescriptor(
                    "j" + i, i + 1, "m", Map.of(), frames[i], JobDescriptor.UNLIMITED, NOW_US - 1_000_000);
            tasks.add(new DispatcherSnapshot.OpenJob(
                    descriptor, i, NOW_US, i == 0, true, 0, frames[i] > 0 ? frames[i] : -1, 0.01, true, 10, 2));
        }
        WorkerInfo info = new WorkerInfo(true, 1, Set.of("m"), "", "");
        return new DispatcherSnapshot(
                NOW_US,
                Policies.installed().choose(policy, Map.of()),
                Speedup.LINEAR,
                DispatchEvent.SharesEnforced.NOT,
                Double.POSITIVE_INFINITY,
                List.of(new ModelProfile("m", 10, 1000, List.of())),
                List.of(
                        new DispatcherSnapshot.ActiveWorker("w0", info, List.of(), 0),
                        new DispatcherSnapshot.ActiveWorker("w1", info, List.of(), 0)),
                tasks);
    }

    /** What is told of a present, looked at until the forecaster's thread takes it. */
    private Told tell(DispatcherSnapshot present) throws InterruptedException {
        Told answer = null;
        for (int i = 0; i < 1_000 && answer == null; i++) {
            if (forecaster.isIdle()) {
                forecaster.changed(true);
                // Not while it works: it rests for nineteen times as long as it took.
                nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
                forecaster.offer(3, () -> present);
            }
            answer = told.poll(20, TimeUnit.MILLISECONDS);
        }
        assertThat(answer).isNotNull();
        awaitIdle();
        return answer;
    }

    private void awaitIdle() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(forecaster::isIdle);
    }

    private static EndedJob ended(String id, String policy, double responseS) {
        long endUs = NOW_US - 1_000_000 + Math.round(responseS * 1e6);
        return new EndedJob(
                id,
                Map.of(),
                NOW_US,
                NOW_US,
                endUs,
                endUs,
                2,
                1,
                10,
                true,
                policy,
                WorkerFleet.inTurns(List.of(1, 1)),
                new EndedJob.Source("m", FrameFormat.UNKNOWN, 100, 0.01, List.of(), NOW_US));
    }

    @Test
    void forecastHasSecondsSinceSubmissionAndQueuePositions() throws InterruptedException {
        forecaster.start();

        Told first = tell(present("one-request-at-a-time", 200, 100, 400));

        assertThat(first.epoch()).isEqualTo(3);
        assertThat(first.first()).containsExactly("j0", "j1", "j2");
        assertThat(first.all()).extracting(JobForecast::position).containsExactly(0, 1, 2);
        assertThat(first.all().get(0).forecastS()).isCloseTo(1 + 1 + 0.1, within(0.11));
        assertThat(first.all().get(1).forecastS()).isCloseTo(1 + 1.5 + 0.1, within(0.11));
        assertThat(first.all().get(2).forecastS()).isCloseTo(1 + 3.5 + 0.1, within(0.11));
        assertThat(first.all()).allSatisfy(f -> assertThat(f.forecastS()).isBetween(f.p10S(), f.p90S()));
    }

    @Test
    void firstForecastIsPublishedOnceAndComparedWithTheResponse() throws InterruptedException {
        forecaster.start();
        tell(present("one-request-at-a-time", 200));

        assertThat(tell(present("one-request-at-a-time", 100)).first()).isEmpty();
        forecaster.ended(ended("j0", "one-request-at-a-time", 4.2));

        ForecastAccuracy accuracy = forecaster.history().accuracy();
        assertThat(accuracy.jobs()).isEqualTo(1);
        assertThat(accuracy.bias()).isCloseTo(-0.5, within(0.05));
    }

    @Test
    void forecastIsNotComparedWithAResponseUnderAnotherPolicy() throws InterruptedException {
        forecaster.start();
        tell(present("one-request-at-a-time", 200));

        forecaster.ended(ended("j0", "las", 4.2));

        assertThat(forecaster.history().accuracy().jobs()).isZero();
    }

    @Test
    void jobOfAnEarlierLeaderIsNotComparedWithALaterForecast() throws InterruptedException {
        forecaster.reset(List.of(), List.of("j0"));
        forecaster.start();
        tell(present("one-request-at-a-time", 200, 100));

        forecaster.ended(ended("j0", "one-request-at-a-time", 4.2));
        assertThat(forecaster.history().accuracy().jobs()).isZero();
        forecaster.ended(ended("j1", "one-request-at-a-time", 4.2));
        assertThat(forecaster.history().accuracy().jobs()).isEqualTo(1);
    }

    @Test
    void jobThatThePolicyWouldRefuseIsReportedAsLate() {
        JobDescriptor job = new JobDescriptor(
                "", Long.MAX_VALUE, "m", Map.of("deadline", "0.2"), 100, JobDescriptor.UNLIMITED, NOW_US);

        assertThat(forecaster.fit(present("edf"), job, 0.2).reason())
                .isEqualTo("the policy edf would refuse it: it, or a job that came before it, would miss its deadline;"
                        + " nothing else is open");
    }

    @Test
    void aJobOfUnknownLengthHasAPositionAndNoForecast() throws InterruptedException {
        forecaster.start();

        Told told = tell(present("one-request-at-a-time", 200, 0));

        assertThat(told.first()).containsExactly("j0");
        assertThat(told.all().get(1).sized()).isFalse();
        assertThat(told.all().get(1).position()).isEqualTo(1);
    }

    @Test
    void pausesBetweenForecasts() throws InterruptedException {
        forecaster.start();
        DispatcherSnapshot present = present("one-request-at-a-time", 200);
        tell(present);

        forecaster.changed(true);
        forecaster.offer(3, () -> {
            throw new AssertionError("it is too early to ask");
        });
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(251));
        AtomicLong asked = new AtomicLong();
        forecaster.offer(3, () -> {
            asked.incrementAndGet();
            return present;
        });

        assertThat(asked).hasValue(1);
    }

    @Test
    void forecastsWhetherOneMoreJobWouldEndInTime() {
        DispatcherSnapshot present = present("one-request-at-a-time", 200);
        JobDescriptor job = new JobDescriptor("", Long.MAX_VALUE, "m", Map.of(), 100, JobDescriptor.UNLIMITED, NOW_US);

        FitResult late = forecaster.fit(present, job, 1);
        FitResult inTime = forecaster.fit(present, job, 3);

        assertThat(late.fits()).isFalse();
        assertThat(inTime.fits()).isTrue();
        assertThat(inTime.forecastS()).isCloseTo(1.6, within(0.2));
        assertThat(inTime.reason()).contains("within 3.0 s").contains("1 job is open");
    }

    @Test
    void givesTheReasonForAMissingForecast() {
        DispatcherSnapshot present = present("one-request-at-a-time");
        JobDescriptor unknown =
                new JobDescriptor("", Long.MAX_VALUE, "m", Map.of(), 0, JobDescriptor.UNLIMITED, NOW_US);
        JobDescriptor unmeasured =
                new JobDescriptor("", Long.MAX_VALUE, "other", Map.of(), 100, JobDescriptor.UNLIMITED, NOW_US);

        assertThat(forecaster.fit(present, unknown, 1).reason()).contains("does not say how long");
        assertThat(forecaster.fit(present, unmeasured, 1).reason()).contains("no frame of model other");
        assertThat(forecaster.fit(present, unmeasured, 1).fits()).isFalse();
    }
}
