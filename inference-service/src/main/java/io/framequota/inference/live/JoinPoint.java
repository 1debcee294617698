package io.framequota.inference.live;

import io.framequota.contract.control.LivePacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds where a worker begins in a stream. In a session that has just begun that is its first packet; else it is the newest key picture
 * among the packets that are there, so that taking over a stream costs at most a group of pictures. A group for which there is no room is left
 * out. What it keeps counts as packets of streams, but fills only the first half of their room: the other half is for the streams that the
 * worker infers already. For one thread.
 */
final class JoinPoint {
    /** A session whose first packet is younger has just begun. */
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private final ByteBudget budget;
    private final List<LivePacket> newest = new ArrayList<>();
    private long bytes;
    private boolean any;

    /** @param budget of all streams' packets */
    JoinPoint(ByteBudget budget) {
        this.budget = budget;
    }

    /**
     * Looks at the next packet that was there.
     *
     * @param nowMs wall clock
     * @return whether the stream begins with what {@link #take} gives now
     */
    boolean add(LivePacket packet, long nowMs) {
        boolean begins = begins(packet);
        boolean young = !any && begins && nowMs - packet.getReceivedAtMs() < YOUNG.toMillis();
        int size = packet.getSerializedSize();
        // The queue that they go to takes no more.
        boolean full =
                newest.size() >= PacketQueue.MOST_PACKETS || bytes + size > PacketQueue.MOST_BYTES || budget.isTight();
        if (begins || full) {
            clear();
        }
        if (young || begins && !budget.isTight() || !newest.isEmpty()) {
            newest.add(packet);
            count(size);
        }
        any = true;
        return young;
    }

    /**
     * Removes the packets from the newest key picture on, in order. Nothing when there is none: the stream then begins with the next one.
     */
    List<LivePacket> take() {
        List<LivePacket> taken = List.copyOf(newest);
        clear();
        return taken;
    }

    /** Forgets all packets. */
    void clear() {
        newest.clear();
        count(-bytes);
        any = false;
    }

    private void count(long more) {
        bytes += more;
        budget.add(more);
    }

    /** Whether decoding may begin with a packet. */
    static boolean begins(LivePacket packet) {
        return packet.getUnit().getKey() && packet.hasStream();
    }
}
