package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.ComputeShare;
import io.framequota.contract.control.ComputeShares;
import io.framequota.contract.control.ComputeUse;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComputeGateTest {
    private static final long MS = 1_000_000;

    private final AtomicLong now = new AtomicLong(1_000 * MS);
    private final ComputeGate gate = new ComputeGate(now::get);
    private final ComputeUses uses = new ComputeUses();

    @BeforeEach
    void twoWorkersOfOneDevice() {
        gate.serve("w0");
        gate.serve("w1");
        gate.server(1, true);
    }

    @Test
    void requestsPassAtOnceWithoutADivision() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            assertThat(enter("a")).isNotNull();
        }
        assertThat(uses.all()).isEmpty();
    }

    @Test
    void aJobWaitsUntilItsDebtIsPaid() throws Exception {
        gate.divide(division(share("a", "w0", 500)));
        now.addAndGet(MS);
        pass("a").answered(20_000, 0, now.get());

        AtomicBoolean wanted = new AtomicBoolean(true);
        CompletableFuture<ComputeGate.@Nullable Pass> next = CompletableFuture.supplyAsync(() -> enter("a", wanted));
        now.addAndGet(30 * MS);
        Thread.sleep(100);
        assertThat(next).as("20 ms of half a device take 40 ms").isNotDone();

        now.addAndGet(20 * MS);
        assertThat(next.get()).isNotNull();
        assertThat(uses.all()).extracting(ComputeUse::getComputeUs).containsExactly(20_000L);
    }

    @Test
    void aRequestThatIsNotWantedAnyMoreStopsWaiting() throws Exception {
        gate.divide(division(share("b", "w0", 500)));
        now.addAndGet(MS);
        pass("b");
        AtomicBoolean wanted = new AtomicBoolean(true);
        CompletableFuture<ComputeGate.@Nullable Pass> next = CompletableFuture.supplyAsync(() -> enter("a", wanted));
        Thread.sleep(50);
        assertThat(next).isNotDone();

        wanted.set(false);

        assertThat(next.get()).isNull();
    }

    @Test
    void partsOfOtherProcessesAreTheirs() throws Exception {
        gate.divide(division(share("a", "w0", 100), share("a", "w1", 100), share("a", "elsewhere", 800)));
        now.addAndGet(MS);
        pass("a").answered(20_000, 0, now.get());
        AtomicBoolean wanted = new AtomicBoolean(true);
        CompletableFuture<ComputeGate.@Nullable Pass> next = CompletableFuture.supplyAsync(() -> enter("a", wanted));

        now.addAndGet(90 * MS);
        Thread.sleep(100);
        assertThat(next).as("200 millicores take 100 ms").isNotDone();

        now.addAndGet(20 * MS);
        assertThat(next.get()).isNotNull();
    }

    @Test
    void nothingIsDividedAnyMoreWhenNoLeaderHasRenewedItForHalfAMinute() throws Exception {
        gate.divide(division(share("a", "w0", 10)));
        now.addAndGet(MS);
        pass("a").answered(900_000, 0, now.get());
        now.addAndGet(29_000 * MS);
        assertThat(gate.divides()).isTrue();

        now.addAndGet(2_000 * MS);

        assertThat(gate.divides()).isFalse();
        assertThat(enter("a")).isNotNull();
    }

    @Test
    void aServerThatAnswersInOrderHasComputedSinceTheAnswerBefore() throws Exception {
        gate.server(1, false);
        gate.divide(division(share("a", "w0", 1000)));
        now.addAndGet(50 * MS);
        ComputeGate.Pass first = pass("a");
        ComputeGate.Pass second = pass("a");
        long sent = now.get();

        now.addAndGet(30 * MS);
        assertThat(first.answered(-1, 0, sent)).isEqualTo(30_000);
        now.addAndGet(10 * MS);
        assertThat(second.answered(-1, 0, sent)).isEqualTo(10_000);
    }

    @Test
    void theServersOwnSumsTakeOffTheWay() throws Exception {
        gate.server(1, false);
        gate.divide(division(share("a", "w0", 1000)));
        gate.calibrate(Map.of("m", new ComputeGate.ModelTime(0, 0)));
        now.addAndGet(1_000 * MS);
        gate.calibrate(Map.of("m", new ComputeGate.ModelTime(0, 0)));
        for (int i = 0; i < 5; i++) {
            ComputeGate.Pass pass = pass("a");
            long sent = now.get();
            now.addAndGet(10 * MS);
            assertThat(pass.answered(-1, 0, sent)).isEqualTo(10_000);
        }
        now.addAndGet(1_000 * MS);
        gate.calibrate(Map.of("m", new ComputeGate.ModelTime(5, 5 * 9 * MS)));

        ComputeGate.Pass pass = pass("a");
        long sent = now.get();
        now.addAndGet(10 * MS);
        assertThat(pass.answered(-1, 0, sent)).isEqualTo(9_000);
        assertThat(uses.all()).allSatisfy(u -> assertThat(u.getApproximate()).isFalse());
    }

    @Test
    void timesOfAServerThatComputesSeveralAtOnceAreApproximate() throws Exception {
        gate.server(2, false);
        gate.divide(division(share("a", "w0", 2000)));
        now.addAndGet(MS);

        pass("a").answered(-1, 7_000, now.get());

        assertThat(uses.all()).singleElement().satisfies(u -> {
            assertThat(u.getApproximate()).isTrue();
            assertThat(u.getComputeUs()).isEqualTo(7_000);
        });
    }

    @Test
    void aRequestWithoutAnAnswerCostsNothing() throws Exception {
        gate.divide(division(share("a", "w0", 500)));
        now.addAndGet(MS);
        ComputeGate.Pass pass = pass("a");
        pass.release();
        pass.release();

        assertThat(enter("a")).isNotNull();
        assertThat(uses.all()).isEmpty();
    }

    @Test
    void aRequestThatWaitsToBeSentAgainHoldsUpNobody() throws Exception {
        gate.divide(division(share("a", "w0", 500), share("b", "w1", 500)));
        now.addAndGet(MS);
        ComputeGate.Pass parked = pass("a");
        CompletableFuture<ComputeGate.@Nullable Pass> other =
                CompletableFuture.supplyAsync(() -> enter("b", new AtomicBoolean(true)));
        Thread.sleep(50);
        assertThat(other).as("there is one device").isNotDone();

        parked.release();

        Objects.requireNonNull(other.get(10, TimeUnit.SECONDS)).answered(5_000, 0, now.get());
        assertThat(uses.all()).extracting(ComputeUse::getJob).containsExactly("b");
    }

    @Test
    void aRequestThatIsSentAgainDoesNotWaitAndIsPaidFor() throws Exception {
        gate.divide(division(share("a", "w0", 500), share("b", "w1", 500)));
        now.addAndGet(MS);
        ComputeGate.Pass parked = pass("a");
        parked.release();
        ComputeGate.Pass other = pass("b");

        // On this thread, which would wait for ever.
        parked.resume();
        parked.resume();
        CompletableFuture<ComputeGate.@Nullable Pass> third =
                CompletableFuture.supplyAsync(() -> enter("b", new AtomicBoolean(true)));
        other.answered(100, 0, now.get());
        Thread.sleep(50);
        assertThat(third).as("the resumed request has the device").isNotDone();
        parked.answered(20_000, 0, now.get());

        Objects.requireNonNull(third.get(10, TimeUnit.SECONDS)).answered(100, 0, now.get());
        assertThat(uses.all())
                .filteredOn(u -> u.getJob().equals("a"))
                .singleElement()
                .satisfies(u -> {
                    assertThat(u.getComputeUs()).isEqualTo(20_000);
                    assertThat(u.getRequests()).isEqualTo(1);
                });
        CompletableFuture<ComputeGate.@Nullable Pass> next =
                CompletableFuture.supplyAsync(() -> enter("a", new AtomicBoolean(true)));
        now.addAndGet(30 * MS);
        Thread.sleep(50);
        assertThat(next).as("20 ms of half a device take 40 ms").isNotDone();
        now.addAndGet(20 * MS);
        assertThat(next.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    private ComputeGate.Pass pass(String job) throws InterruptedException {
        return Objects.requireNonNull(enter(job));
    }

    private ComputeGate.@Nullable Pass enter(String job) throws InterruptedException {
        return gate.enter(job, "m", "m[1]", () -> true, uses);
    }

    private ComputeGate.@Nullable Pass enter(String job, AtomicBoolean wanted) {
        try {
            return gate.enter(job, "m", "m[1]", wanted::get, uses);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ComputeShares division(ComputeShare... parts) {
        ComputeShares.Builder division = ComputeShares.newBuilder().setEnforced(true);
        for (ComputeShare part : parts) {
            division.addShares(part);
        }
        return division.build();
    }

    private static ComputeShare share(String job, String worker, double millicores) {
        return ComputeShare.newBuilder()
                .setJob(job)
                .setWorker(worker)
                .setMillicores(millicores)
                .build();
    }
}
