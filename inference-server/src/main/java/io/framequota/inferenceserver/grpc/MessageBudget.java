package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of messages this process holds at once, over all calls: those that are being read, those that wait or are
 * worked on, and answers that their clients have not taken yet. Bytes are counted as they arrive, and as they are unpacked
 * from compressed messages, so a call is refused when there is no room for its next bytes and not when all of them are here:
 * {@code UNAVAILABLE} when the others leave no room, {@code RESOURCE_EXHAUSTED} when it alone is too large. Safe for many
 * threads.
 */
public final class MessageBudget extends ServerStreamTracer.Factory implements ServerInterceptor {
    /** Of a message that asks and carries no tensors. */
    private static final long MOST_CONTROL_BYTES = 256 << 10;

    private static final System.Logger LOG = System.getLogger(MessageBudget.class.getName());
    private static final Context.Key<Share> SHARE = Context.key("share of the message budget");
    private static final String INFER =
            GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName();

    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final Set<Share> reading = ConcurrentHashMap.newKeySet();

    /** A budget of so many bytes; one message may use all of it. */
    public MessageBudget(long limit) {
        this.limit = Math.min(limit, Integer.MAX_VALUE);
    }

    /**
     * The budget of a process whose heap, and whose direct memory beside it, may grow so large: three eighths. What arrives
     * takes up to twice its size of direct memory, for the network's buffers are not filled to the last; it then lies on the
     * heap in one piece.
     */
    public static MessageBudget forHeap(long heapBytes) {
        return new MessageBudget(heapBytes / 8 * 3);
    }

    /** The largest message in bytes. */
    public int mostBytes() {
        return (int) limit;
    }

    /** Bytes that are held now. */
    public long held() {
        return held.get();
    }

    /**
     * Counts heap that the message which is being parsed on this thread takes beside its own bytes.
     *
     * @throws io.grpc.StatusRuntimeException when there is no room
     */
    static void takeForParsing(long bytes) {
        Share share = SHARE.get();
        if (share != null) {
            share.parsed(bytes);
        }
    }

    /** Ends calls whose message has been on its way for longer: the room it holds is others' too. */
    public void dropSlowerThan(Duration limit) {
        long before = System.nanoTime() - limit.toNanos();
        for (Share share : reading) {
            try {
                share.dropIfBegunBefore(before);
            } catch (RuntimeException e) {
                // Such as a call that was closed at the same moment: the others are to be dropped all the same.
                LOG.log(System.Logger.Level.DEBUG, "a slow message's call could not be ended", e);
            }
        }
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Share(fullMethodName.equals(INFER) ? limit : Math.min(limit, MOST_CONTROL_BYTES));
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Share share = SHARE.get();
        if (share != null) {
            share.began(call);
        }
        return next.startCall(call, headers);
    }

    /** What one call holds. */
    private final class Share extends ServerStreamTracer {
        private final long most;
        private final long begun = System.nanoTime();
        private @Nullable ServerCall<?, ?> call;
        private long wire;
        private long unpacked;
        private long parsed;
        private long outbound;
        private long counted;
        private boolean closed;

        Share(long most) {
            this.most = most;
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(SHARE, this);
        }

        synchronized void began(ServerCall<?, ?> started) {
            call = started;
            if (!closed) {
                reading.add(this);
            }
        }

        @Override
        public synchronized void inboundWireSize(long bytes) {
            wire += bytes;
            countInbound();
        }

        @Override
        public synchronized void inboundUncompressedSize(long bytes) {
            unpacked += bytes;
            countInbound();
        }

        synchronized void parsed(long bytes) {
            parsed += bytes;
            countInbound();
        }

        @Override
        public void inboundMessageRead(int sequence, long wireSize, long uncompressedSize) {
            reading.remove(this);
        }

        /** Answers are not refused: the work is done. Whoever reads them slowly keeps others from asking. */
        @Override
        public synchronized void outboundWireSize(long bytes) {
            outbound += bytes;
            count();
        }

        private void countInbound() {
            long all = count();
            if (inbound() > most) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(
                                "the message takes more than " + most + " bytes, the most for one; send a smaller one")
                        .asRuntimeException();
            }
            if (all > limit) {
                throw Status.UNAVAILABLE
                        .withDescription("the server holds as many bytes of messages as it may, " + limit
                                + "; send fewer or smaller ones at once")
                        .asRuntimeException();
            }
        }

        private long inbound() {
            return Math.max(wire, unpacked) + parsed;
        }

        /** Updates and returns what all calls hold. A message is let go before its answer is made: the larger one counts. */
        private long count() {
            if (closed) {
                return 0;
            }
            long more = Math.max(inbound(), outbound) - counted;
            counted += more;
            return held.addAndGet(more);
        }

        private synchronized void dropIfBegunBefore(long time) {
            if (begun - time < 0 && call != null && reading.remove(this)) {
                call.close(
                        Status.DEADLINE_EXCEEDED.withDescription("the message took too long to arrive"),
                        new Metadata());
            }
        }

        @Override
        public synchronized void streamClosed(Status status) {
            closed = true;
            reading.remove(this);
            held.addAndGet(-counted);
            counted = 0;
        }
    }
}
