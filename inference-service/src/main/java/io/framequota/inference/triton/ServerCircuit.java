package io.framequota.inference.triton;

import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import jakarta.enterprise.util.TypeLiteral;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * The way of all requests to one server: a circuit breaker. It opens when the server answers errors of its own to most of the last
 * requests; then one request a second tries whether it still does. Safe for use by several threads.
 */
final class ServerCircuit {
    private static final System.Logger LOG = System.getLogger(ServerCircuit.class.getName());
    /** Of so many requests the server may answer errors to fewer than {@link #MOST_FAILED}. */
    private static final int WINDOW = 4;

    private static final double MOST_FAILED = 0.75;
    private static final long PAUSE_MS = 1_000;

    private final TypedGuard<CompletionStage<ModelInferResponse>> guard = TypedGuard.create(
                    new TypeLiteral<CompletionStage<ModelInferResponse>>() {})
            .withThreadOffload(false)
            .withCircuitBreaker()
            .requestVolumeThreshold(WINDOW)
            .failureRatio(MOST_FAILED)
            .delay(PAUSE_MS, ChronoUnit.MILLIS)
            .successThreshold(1)
            .when(failure -> ServerErrors.serverSick(Status.fromThrowable(failure)))
            .onStateChange(this::changed)
            .done()
            .build();

    private final TritonClient client;
    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;
    /** Whether the latest request was answered. The circuit also closes when the server is away: the monitor sees to that. */
    private volatile boolean answered;

    ServerCircuit(TritonClient client) {
        this.client = client;
    }

    private void changed(CircuitBreakerState now) {
        if (now == CircuitBreakerState.OPEN && state == CircuitBreakerState.CLOSED) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the inference server answers errors; requests wait, and one a second tries again");
        } else if (now == CircuitBreakerState.CLOSED && answered) {
            LOG.log(System.Logger.Level.INFO, "the inference server answers again");
        }
        state = now;
    }

    /** Whether requests are sent to the server, but for one a second. */
    boolean isClosed() {
        return state == CircuitBreakerState.CLOSED;
    }

    /** Whether a request failed because it was not sent. */
    static boolean wasOpen(Throwable failure) {
        return failure instanceof CircuitBreakerOpenException;
    }

    /** Sends a request. The stage ends on the network thread, or at once when the circuit is open. */
    CompletionStage<ModelInferResponse> send(ModelInferRequest request) {
        try {
            return guard.call(() -> {
                Answer answer = new Answer();
                client.infer(request, answer);
                return answer;
            });
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Asks past the circuit, as a check of the server's health. */
    CompletionStage<ModelInferResponse> check(ModelInferRequest request) {
        Answer answer = new Answer();
        client.infer(request, answer);
        return answer;
    }

    private final class Answer extends CompletableFuture<ModelInferResponse>
            implements StreamObserver<ModelInferResponse> {
        private @Nullable ModelInferResponse response;

        @Override
        public void onNext(ModelInferResponse value) {
            response = value;
        }

        @Override
        public void onError(Throwable failure) {
            answered = false;
            completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            ModelInferResponse answer = response;
            if (answer == null) {
                completeExceptionally(
                        Status.INTERNAL.withDescription("an empty answer").asRuntimeException());
            } else {
                answered = true;
                complete(answer);
            }
        }
    }
}
