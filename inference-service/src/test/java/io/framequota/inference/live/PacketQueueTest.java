package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.PacketStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PacketQueueTest {
    private static final Duration WAIT = Duration.ofSeconds(2);
    private final PacketQueue queue = new PacketQueue(new ByteBudget(64 << 20), WAIT);
    private final long now = System.nanoTime();

    @Test
    void aFullQueueGoesOnAtTheNextKeyPicture() throws InterruptedException {
        int size = (int) (PacketQueue.MOST_BYTES / 3);
        for (int i = 0; i < 4; i++) {
            queue.add(packet(i, i == 0, size), now);
        }
        queue.add(packet(4, false, 10), now);
        queue.add(packet(5, true, 10), now);
        queue.add(packet(6, false, 10), now);

        PacketQueue.Next first = queue.take();
        assertThat(first.packet().getUnit().getFrame()).isEqualTo(5);
        assertThat(first.behindLoss()).isTrue();
        assertThat(queue.take().behindLoss()).isFalse();
    }

    @Test
    void aFullQueueBeginsWithTheKeyPictureThatDidNotFit() throws InterruptedException {
        for (int i = 0; i < PacketQueue.MOST_PACKETS; i++) {
            queue.add(packet(i, i == 0, 10), now);
        }
        queue.add(packet(PacketQueue.MOST_PACKETS, true, 10), now);

        assertThat(queue.take().packet().getUnit().getFrame()).isEqualTo(PacketQueue.MOST_PACKETS);
    }

    @Test
    void packetsThatWaitedTooLongAreSkippedUpToTheNewestKeyPicture() throws InterruptedException {
        long old = now - Duration.ofSeconds(3).toNanos();
        queue.add(packet(0, true, 10), old);
        queue.add(packet(1, false, 10), old);
        queue.add(packet(2, true, 10), old);
        queue.add(packet(3, false, 10), old);

        PacketQueue.Next first = queue.take();
        assertThat(first.packet().getUnit().getFrame()).isEqualTo(2);
        assertThat(first.behindLoss()).isTrue();
        assertThat(queue.take().packet().getUnit().getFrame()).isEqualTo(3);
    }

    @Test
    void streamsThatTakeTheRoomOfAllLoseWhatTheyHave() throws InterruptedException {
        ByteBudget small = new ByteBudget(1000);
        PacketQueue one = new PacketQueue(small, WAIT);
        PacketQueue other = new PacketQueue(small, WAIT);
        one.add(packet(0, true, 600), now);
        other.add(packet(0, true, 200), now);
        other.add(packet(1, true, 300), now);

        assertThat(one.take().packet().getUnit().getFrame()).isZero();
        assertThat(other.take()).isEqualTo(new PacketQueue.Next(packet(1, true, 300), true));
        assertThat(small.exceededBy(1000)).isFalse();
    }

    @Test
    void withoutAKeyPictureNothingIsSkipped() throws InterruptedException {
        queue.add(packet(1, false, 10), now - Duration.ofSeconds(3).toNanos());

        assertThat(queue.take()).isEqualTo(new PacketQueue.Next(packet(1, false, 10), false));
    }

    static LivePacket packet(long number, boolean key, int bytes) {
        LivePacket.Builder packet = LivePacket.newBuilder().setSession(1);
        packet.getUnitBuilder().setFrame(number).setKey(key).setData(ByteString.copyFrom(new byte[bytes]));
        if (key) {
            packet.setStream(PacketStream.getDefaultInstance());
        }
        return packet.build();
    }
}
