package io.framequota.scheduler.dispatch;

import static io.framequota.scheduler.dispatch.Bench.beat;
import static io.framequota.scheduler.dispatch.Bench.grants;
import static io.framequota.scheduler.dispatch.Bench.info;
import static io.framequota.scheduler.dispatch.Bench.ref;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job without a worker that has its model does not delay other jobs, and fails. */
class MissingModelTest {
    private static final DispatchEvent.Heartbeat WORKER = beat("w");

    @ParameterizedTest
    @ValueSource(strings = {"one-core-per-request", "gang", "one-request-at-a-time", "auto"})
    void jobWithoutItsModelGetsNoShare(String policy) {
        Bench bench = new Bench(policy);

        List<DispatchCommand> commands = bench.on(WORKER, bench.job("gone", "old", 2), bench.job("fine", 2));

        assertThat(grants(commands))
                .extracting(GrantRef::job)
                .containsOnly("fine")
                .isNotEmpty();
        assertThat(bench.dispatcher.status().jobs())
                .filteredOn(j -> j.job().equals("gone"))
                .singleElement()
                .extracting(DispatcherStatus.JobShare::millicores)
                .isEqualTo(0.0);
    }

    @Test
    void jobFailsAfterTwoMinutesWithoutItsModel() {
        Bench bench = new Bench("divide-and-conquer");
        bench.on(bench.job("gone", "old", 2), WORKER);

        assertThat(bench.pass(119_000, WORKER)).isEmpty();
        DispatchCommand.FailJob failure = new DispatchCommand.FailJob(
                "gone", "no worker has the model old (for 120 s); start one that has it and redrive the job");
        assertThat(bench.pass(2_000, WORKER)).containsExactly(failure);
        assertThat(bench.pass(2_000, WORKER))
                .as("until the authority confirms its end")
                .containsExactly(failure);
        bench.on(new DispatchEvent.JobEnded("gone"));
        assertThat(bench.pass(10_000, WORKER)).isEmpty();
    }

    @Test
    void absentWorkersAndOccasionalModelsFailNoJob() {
        Bench bench = new Bench("divide-and-conquer");
        bench.on(WORKER, bench.job("gone", "old", 1));
        DispatchEvent.Heartbeat starting = beat("w", info(false));

        assertThat(bench.pass(100_000, WORKER)).isEmpty();
        assertThat(bench.pass(100_000, starting)).isEmpty();
        assertThat(bench.pass(100_000, WORKER)).isEmpty();
        assertThat(bench.pass(130_000)).as("no worker at all").isEmpty();
        assertThat(bench.pass(100_000, WORKER)).isEmpty();

        assertThat(grants(bench.on(beat("w", info(true, "old"))))).containsExactly(ref("gone", 0, 1));
    }

    @Test
    void redriveRestartsTheModelTimeout() {
        Bench bench = new Bench("divide-and-conquer");
        JobDescriptor descriptor = bench.descriptor("gone", "old");
        bench.on(WORKER, new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 0, false, List.of(), 0, 0)));
        assertThat(bench.pass(121_000, WORKER)).hasSize(1);

        bench.on(new DispatchEvent.JobSubmitted(new BacklogJob(descriptor, 0, false, List.of(), 0, 1000)));

        assertThat(bench.pass(119_000, WORKER)).isEmpty();
        assertThat(bench.pass(2_000, WORKER)).hasSize(1);
    }
}
