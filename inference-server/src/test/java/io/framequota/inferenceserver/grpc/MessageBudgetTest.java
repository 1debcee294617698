package io.framequota.inferenceserver.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls whose messages arrive slowly. */
class MessageBudgetTest {
    private final MessageBudget budget = new MessageBudget(1_000_000);

    /** A call whose message has started to arrive. */
    private SlowCall begin() {
        SlowCall call = new SlowCall();
        ServerStreamTracer tracer = budget.newServerStreamTracer(
                GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName(), new Metadata());
        Context within = tracer.filterContext(Context.ROOT);
        within.run(() -> budget.interceptCall(call, new Metadata(), (c, headers) -> new ServerCall.Listener<>() {}));
        return call;
    }

    @Test
    void callThatCannotBeEndedDoesNotProtectOthers() {
        List<SlowCall> calls = Stream.generate(this::begin).limit(5).toList();

        budget.dropSlowerThan(Duration.ofSeconds(-1));

        assertThat(calls).extracting(c -> c.closes).containsOnly(1);
        budget.dropSlowerThan(Duration.ofSeconds(-1));
        assertThat(calls).extracting(c -> c.closes).containsOnly(1);
    }

    /** A call that is already closed. */
    private static final class SlowCall extends ServerCall<ModelInferRequest, ModelInferResponse> {
        int closes;

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(ModelInferResponse message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            closes++;
            throw new IllegalStateException("call already closed");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<ModelInferRequest, ModelInferResponse> getMethodDescriptor() {
            return GRPCInferenceServiceGrpc.getModelInferMethod();
        }
    }
}
