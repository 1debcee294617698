package io.framequota.inference.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.CpuUse;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.control.WorkerReport.Kind;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.triton.ServerStatus;
import io.framequota.inference.triton.Slot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerLoopTest {
    private static final Grant A = WorkerTransitionsTest.grant("a", 0, 1);
    private static final Grant B = WorkerTransitionsTest.grant("a", 1, 1);

    private final BlockingQueue<WorkerReport> reports = new LinkedBlockingQueue<>();
    private final Runner runner = new Runner();
    private final Streams streams = new Streams();
    private final WorkerLoop loop = new WorkerLoop(
            new WorkerReportFactory("w", "i1", "p1", WorkerLoopTest::status, new Models()),
            this::sent,
            runner,
            streams);

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void heartbeatShowsHeldGrantsAndIsReadyOnceCommandsArrive() throws InterruptedException {
        loop.beat();
        assertThat(next(Kind.HEARTBEAT).getReady()).isFalse();

        loop.listening();
        assertThat(next(Kind.HEARTBEAT).getReady()).isTrue();

        loop.command(Command.newBuilder().setEpoch(1).setGrant(A).build());
        loop.command(Command.newBuilder().setEpoch(1).setWorker("w").setGrant(B).build());
        loop.command(Command.newBuilder()
                .setEpoch(1)
                .setWorker("other")
                .setDropJob("a")
                .build());
        loop.beat();
        assertThat(next(Kind.HEARTBEAT)).satisfies(beat -> {
            assertThat(beat.getWorker()).isEqualTo("w");
            assertThat(beat.getInstance()).isEqualTo("i1");
            assertThat(beat.getEpoch()).isEqualTo(1);
            assertThat(beat.getRunning()).isEqualTo(GrantKey.of(A).toRef());
            assertThat(beat.getRunningFrames()).isEqualTo(3);
            assertThat(beat.getWaiting()).isEqualTo(GrantKey.of(B).toRef());
            assertThat(beat.getCores()).isEqualTo(2);
            assertThat(beat.getCompute()).isEqualTo(USE);
        });
    }

    @Test
    void leavingFinishesTheRunningGrantAndReportsLeavingLast() throws Exception {
        loop.command(Command.newBuilder().setEpoch(1).setGrant(A).build());
        loop.command(Command.newBuilder().setEpoch(1).setGrant(B).build());

        CompletableFuture<Void> left = loop.leave(Duration.ofMinutes(1));
        assertThat(next(Kind.REVOKED).getGrant()).isEqualTo(GrantKey.of(B).toRef());
        assertThat(left).isNotDone();
        runner.progress.get(GrantKey.of(A)).accept(new WorkerInput.Done(1, GrantKey.of(A), 4));

        assertThat(next(Kind.FINISHED).getFrames()).isEqualTo(4);
        next(Kind.LEAVING);
        left.get(10, TimeUnit.SECONDS);
    }

    @Test
    void leavingCancelsAGrantThatTakesTooLong() throws Exception {
        loop.command(Command.newBuilder().setEpoch(1).setGrant(A).build());

        loop.leave(Duration.ofMillis(1)).get(10, TimeUnit.SECONDS);

        next(Kind.LEAVING);
        assertThat(runner.cancelled).contains(GrantKey.of(A));
    }

    @Test
    void heartbeatShowsStreamsThatANewLeaderDoesNotEnd() throws Exception {
        loop.command(StreamAssignmentsTest.live(2, "w", StreamAssignmentsTest.grant("s", 100))
                .build());
        loop.command(Command.newBuilder().setEpoch(3).setLead(true).build());
        loop.command(StreamAssignmentsTest.live(2, "w", StreamAssignmentsTest.grant("late", 100))
                .build());
        loop.beat();

        WorkerReport beat;
        do {
            beat = next(Kind.HEARTBEAT);
        } while (beat.getEpoch() < 3);
        assertThat(beat.getLiveList()).extracting(LiveRun::getJob).containsExactly("s");
        assertThat(streams.assigned.streams().get("s").epoch()).isEqualTo(2);
    }

    @Test
    void streamsGoOnUntilTheWorkerHasLeftAndNoneBeginsMeanwhile() throws Exception {
        loop.command(StreamAssignmentsTest.live(1, "w", StreamAssignmentsTest.grant("s", 100))
                .build());
        loop.command(StreamAssignmentsTest.live(1, "w", StreamAssignmentsTest.grant("t", 100))
                .build());
        loop.command(Command.newBuilder().setEpoch(1).setGrant(A).build());

        CompletableFuture<Void> left = loop.leave(Duration.ofMinutes(1));
        loop.command(StreamAssignmentsTest.live(1, "w", StreamAssignmentsTest.grant("u", 100))
                .build());
        loop.command(StreamAssignmentsTest.live(1, "other", StreamAssignmentsTest.grant("t", 100))
                .build());
        loop.beat();
        WorkerReport beat;
        do {
            beat = next(Kind.HEARTBEAT);
        } while (beat.getLiveCount() != 1);
        assertThat(beat.getLive(0).getJob()).isEqualTo("s");
        runner.progress.get(GrantKey.of(A)).accept(new WorkerInput.Done(1, GrantKey.of(A), 4));

        left.get(10, TimeUnit.SECONDS);
        assertThat(streams.assigned.streams()).isEmpty();
    }

    private WorkerReport next(Kind kind) throws InterruptedException {
        WorkerReport report;
        do {
            report = reports.poll(10, TimeUnit.SECONDS);
            assertThat(report).as("a report " + kind).isNotNull();
        } while (report.getKind() != kind);
        return report;
    }

    private CompletionStage<Void> sent(WorkerReport report) {
        reports.add(report);
        return CompletableFuture.completedFuture(null);
    }

    private static final class Runner implements ChunkRunner {
        final Map<GrantKey, Consumer<WorkerInput.Progress>> progress = new ConcurrentHashMap<>();
        final BlockingQueue<GrantKey> cancelled = new LinkedBlockingQueue<>();

        @Override
        public Run launch(long epoch, Grant grant, Consumer<WorkerInput.Progress> listener) {
            progress.put(GrantKey.of(grant), listener);
            return new Run() {
                @Override
                public void cancel() {
                    cancelled.add(GrantKey.of(grant));
                }

                @Override
                public int framesDone() {
                    return 3;
                }
            };
        }
    }

    private static final class Streams implements StreamRunner {
        volatile StreamAssignments assigned = StreamAssignments.NONE;

        @Override
        public void assign(StreamAssignments streams) {
            assigned = streams;
        }

        @Override
        public List<LiveRun> runs() {
            return assigned.streams().keySet().stream()
                    .map(job -> LiveRun.newBuilder().setJob(job).build())
                    .toList();
        }
    }

    private static final CpuUse USE =
            CpuUse.newBuilder().setThrottledUs(5).setCpuUs(7).build();

    private static ServerStatus status() {
        return new ServerStatus(true, Slot.RAW, "here:1 test", 2, USE);
    }

    private static final class Models implements ModelCatalog {
        @Override
        public List<ModelSpec> known() {
            return List.of();
        }

        @Override
        public Map<String, String> unusable() {
            return Map.of();
        }

        @Override
        public Lookup find(String name, Duration patience) {
            return new Lookup.Unusable("none");
        }
    }
}
