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
 * Limits the bytes of messages that this process holds at once, over all calls: messages being read, requests in progress, and
 * answers that clients have not taken yet. Bytes are counted as they arrive and as they are decompressed, so a call is refused
 * before its whole message is in memory: with {@code UNAVAILABLE} when other calls leave no room, with {@code
 * RESOURCE_EXHAUSTED} when the message alone is too large. Safe for use by several threads.
 */
public final class MessageBudget extends ServerStreamTracer.Factory implements ServerInterceptor {
    /** Limit of a message without tensors. */
    private static final long MOST_CONTROL_BYTES = 256 << 10;

    private static final System.Logger LOG = System.getLogger(MessageBudget.class.getName());
    private static final Context.Key<Share> SHARE = Context.key("share of the message budget");
    private static final String INFER =
            GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName();

    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final Set<Share> reading = ConcurrentHashMap.newKeySet();

    /** @param limit in bytes; a single message may use all of it */
    public MessageBudget(long limit) {
        this.limit = Math.min(limit, Integer.MAX_VALUE);
    }

    /**
     * The budget for a process with this maximum heap and as much direct memory: three eighths. An arriving message takes up to
     * twice its size of direct memory, because network buffers are not full; then it lies on the heap in one piece.
     */
    public static MessageBudget forHeap(long heapBytes) {
        return new MessageBudget(heapBytes / 8 * 3);
    }

    /** The largest message in bytes. */
    public int mostBytes() {
        return (int) limit;
    }

    /** Bytes held now. */
    public long held() {
        return held.get();
    }

    /**
     * Counts heap that the message being parsed on this thread takes in addition to its own bytes.
     *
     * @throws io.grpc.StatusRuntimeException when there is no room
     */
    static void takeForParsing(long bytes) {
        Share share = SHARE.get();
        if (share != null) {
            share.parsed(bytes);
        }
    }

    /** Ends calls whose message has been arriving for longer than this, because its memory is not available to others. */
    public void dropSlowerThan(Duration limit) {
        long before = System.nanoTime() - limit.toNanos();
        for (Share share : reading) {
            try {
                share.dropIfBegunBefore(before);
            } catch (RuntimeException e) {
                // The call was closed at the same moment, for instance. The other calls must be ended all the same.
                LOG.log(System.Logger.Level.DEBUG, "cannot end a call whose message arrives too slowly", e);
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

        /** Answers are never refused, because the work is done. A slow reader of answers prevents new requests. */
        @Override
        public synchronized void outboundWireSize(long bytes) {
            outbound += bytes;
            count();
        }

        private void countInbound() {
            long all = count();
            if (inbound() > most) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription("the message takes more than " + most
                                + " bytes, the limit for one message; send a smaller one")
                        .asRuntimeException();
            }
            if (all > limit) {
                throw Status.UNAVAILABLE
                        .withDescription("messages in progress fill the server's limit of " + limit
                                + " bytes; send fewer or smaller requests at once")
                        .asRuntimeException();
            }
        }

        private long inbound() {
            return Math.max(wire, unpacked) + parsed;
        }

        /**
         * Updates the count and returns what all calls hold. A message is released before its answer is made, so the larger of
         * both counts.
         */
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
