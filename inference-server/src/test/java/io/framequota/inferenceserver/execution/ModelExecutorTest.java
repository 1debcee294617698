package io.framequota.inferenceserver.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.inferenceserver.backend.ExecutionResult;
import io.framequota.inferenceserver.backend.Model;
import io.framequota.inferenceserver.backend.ModelSignature;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ModelExecutorTest {
    /** A model whose runs wait until the test releases them. */
    private static final class Gate implements Model {
        final CountDownLatch open = new CountDownLatch(1);
        final CountDownLatch entered;
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final AtomicBoolean closed = new AtomicBoolean();

        Gate(int expected) {
            entered = new CountDownLatch(expected);
        }

        @Override
        public ModelSignature signature() {
            return new ModelSignature(List.of(), List.of());
        }

        @Override
        public ExecutionResult run(List<Tensor> inputs, List<OutputRequest> outputs) {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            entered.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            running.decrementAndGet();
            return new ExecutionResult(List.of(), 1, 2, 3);
        }

        @Override
        public void close() {
            assertThat(running).hasValue(0);
            closed.set(true);
        }
    }

    private static final class Call implements InferenceRequest {
        final CompletableFuture<InferenceTiming> done = new CompletableFuture<>();
        final String caller;
        final long bytes;
        long priority;
        volatile boolean cancelled;

        Call(long bytes) {
            this("", bytes);
        }

        Call(String caller, long bytes) {
            this.caller = caller;
            this.bytes = bytes;
        }

        @Override
        public String caller() {
            return caller;
        }

        @Override
        public long priority() {
            return priority;
        }

        @Override
        public long batch() {
            return 2;
        }

        @Override
        public long heldBytes() {
            return bytes;
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }

        @Override
        public List<Tensor> inputs(StagingMemory staging) {
            return List.of();
        }

        @Override
        public List<OutputRequest> outputs(StagingMemory staging) {
            return List.of();
        }

        @Override
        public void answered(List<Tensor> outputs, InferenceTiming timing) {
            done.complete(timing);
        }

        @Override
        public void failed(Throwable cause) {
            done.completeExceptionally(cause);
        }
    }

    private static ModelExecutor executor(Model model, int instances, int queue) {
        return new ModelExecutor("gate", model, instances, new QueueLimit(queue, 100), () -> Instant.ofEpochMilli(5));
    }

    private static Call submit(ModelExecutor executor) {
        Call call = new Call(0);
        executor.submit(call);
        return call;
    }

    @Test
    void countsWaitingButNotRunningRequests() throws Exception {
        Gate gate = new Gate(1);
        try (ModelExecutor executor = executor(gate, 1, 10)) {
            executor.submit(new Call(5));
            gate.entered.await();
            List<Call> waiting = List.of(new Call(20), new Call(30));
            waiting.forEach(executor::submit);

            assertThat(executor.queuedRequests()).isEqualTo(2);
            assertThat(executor.queuedBytes()).isEqualTo(50);
            gate.open.countDown();
            for (Call call : waiting) {
                call.done.get(10, TimeUnit.SECONDS);
            }
            assertThat(executor.queuedRequests()).isZero();
            assertThat(executor.queuedBytes()).isZero();
        }
    }

    @Test
    void oneCallersRequestsDoNotWaitForAnothersAndTakeNoInstanceOfIt() throws Exception {
        Gate gate = new Gate(2);
        try (ModelExecutor executor = executor(gate, 1, 1)) {
            List<Call> calls = List.of(new Call("a", 0), new Call("a", 0), new Call("b", 0), new Call("b", 0));
            calls.forEach(executor::submit);
            gate.entered.await();

            assertThat(gate.running).as("one of each caller").hasValue(2);
            assertThat(executor.queuedRequests()).isEqualTo(2);
            assertThatThrownBy(() -> executor.submit(new Call("a", 0))).isInstanceOf(RefusedException.class);
            gate.open.countDown();
            for (Call call : calls) {
                call.done.get(10, TimeUnit.SECONDS);
            }
            assertThat(gate.most).hasValue(2);
        }
        assertThat(gate.closed).isTrue();
    }

    @Test
    void runsAsManyRequestsAtOnceAsItHasInstances() throws Exception {
        Gate gate = new Gate(2);
        try (ModelExecutor executor = executor(gate, 2, 10)) {
            List<Call> calls = List.of(submit(executor), submit(executor), submit(executor), submit(executor));
            gate.entered.await();
            gate.open.countDown();
            for (Call call : calls) {
                call.done.get(10, TimeUnit.SECONDS);
            }
            assertThat(gate.most).hasValue(2);
        }
    }

    @Test
    void refusesWhenItsQueueIsFull() throws Exception {
        Gate gate = new Gate(1);
        try (ModelExecutor executor = executor(gate, 1, 1)) {
            submit(executor);
            gate.entered.await();
            submit(executor);
            assertThatThrownBy(() -> submit(executor))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.kind()).isEqualTo(RefusedException.Kind.UNAVAILABLE))
                    .hasMessageContaining("full");
            gate.open.countDown();
        }
    }

    @Test
    void refusesWhenTheWaitingRequestsHoldTooManyBytes() throws Exception {
        Gate gate = new Gate(1);
        try (ModelExecutor executor = executor(gate, 1, 100)) {
            submit(executor);
            gate.entered.await();
            executor.submit(new Call(80));
            assertThatThrownBy(() -> executor.submit(new Call(30))).isInstanceOf(RefusedException.class);
            executor.submit(new Call(20));
            gate.open.countDown();
        }
    }

    @Test
    void requestsWithAPriorityOvertakeThoseThatWait() throws Exception {
        Gate gate = new Gate(1);
        List<String> order = new CopyOnWriteArrayList<>();
        try (ModelExecutor executor = executor(gate, 1, 10)) {
            List<Call> calls = new ArrayList<>(List.of(submit(executor)));
            gate.entered.await();
            for (String name : List.of("chunk 1", "chunk 2", "second 1", "first 1", "first 2", "second 2")) {
                Call call = new Call(0);
                call.priority = name.startsWith("first") ? 1 : name.startsWith("second") ? 2 : 0;
                call.done.thenRun(() -> order.add(name));
                calls.add(call);
                executor.submit(call);
            }
            gate.open.countDown();
            for (Call call : calls) {
                call.done.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(order).containsExactly("first 1", "first 2", "second 1", "second 2", "chunk 1", "chunk 2");
    }

    @Test
    void aPriorityDoesNotHelpPastTheLimitOfTheQueue() throws Exception {
        Gate gate = new Gate(1);
        try (ModelExecutor executor = executor(gate, 1, 1)) {
            submit(executor);
            gate.entered.await();
            submit(executor);
            Call urgent = new Call(0);
            urgent.priority = 1;
            assertThatThrownBy(() -> executor.submit(urgent)).isInstanceOf(RefusedException.class);
            gate.open.countDown();
        }
    }

    @Test
    void answersAcceptedRequestsBeforeClosingTheModel() throws Exception {
        Gate gate = new Gate(1);
        ModelExecutor executor = executor(gate, 1, 10);
        Call running = submit(executor);
        Call waiting = submit(executor);
        gate.entered.await();
        Thread closer = Thread.ofPlatform().start(executor::close);
        gate.open.countDown();
        closer.join();
        assertThat(running.done).isCompleted();
        assertThat(waiting.done).isCompleted();
        assertThat(gate.closed).isTrue();
        assertThatThrownBy(() -> submit(executor))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("unloaded");
    }

    @Test
    void countsElementsExecutionsAndFailures() throws Exception {
        Gate gate = new Gate(1);
        gate.open.countDown();
        try (ModelExecutor executor = executor(gate, 1, 10)) {
            submit(executor).done.get(10, TimeUnit.SECONDS);
            Call cancelled = new Call(0);
            cancelled.cancelled = true;
            executor.submit(cancelled);
            assertThatThrownBy(() -> cancelled.done.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class);
            InferenceCounters.Snapshot counts = executor.statistics();
            assertThat(counts.inferences()).isEqualTo(2);
            assertThat(counts.executions()).isEqualTo(1);
            assertThat(counts.success().count()).isEqualTo(1);
            assertThat(counts.fail().count()).isEqualTo(1);
            assertThat(counts.infer()).isEqualTo(new InferenceCounters.Total(1, 2));
            assertThat(counts.lastInferenceMs()).isEqualTo(5);
            assertThat(counts.batches()).containsOnlyKeys(2L);
        }
    }
}
