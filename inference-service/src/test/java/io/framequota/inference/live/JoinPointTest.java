package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.LivePacket;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinPointTest {
    private static final long NOW = 100_000;
    private final JoinPoint join = new JoinPoint(new ByteBudget(64 << 20));

    @Test
    void aSessionThatHasJustBegunIsTakenFromItsFirstPacket() {
        assertThat(join.add(packet(7, true, NOW - 500), NOW)).isTrue();
        assertThat(numbers()).containsExactly(7L);
    }

    @Test
    void anOlderStreamIsTakenFromItsNewestKeyPicture() {
        assertThat(join.add(packet(3, false, NOW - 9_000), NOW)).isFalse();
        assertThat(numbers()).isEmpty();
        assertThat(join.add(packet(4, true, NOW - 8_900), NOW)).isFalse();
        assertThat(join.add(packet(5, false, NOW - 8_800), NOW)).isFalse();
        assertThat(join.add(packet(6, true, NOW - 900), NOW))
                .as("a young one behind an old one")
                .isFalse();
        assertThat(join.add(packet(7, false, NOW - 800), NOW)).isFalse();

        assertThat(numbers()).containsExactly(6L, 7L);
    }

    @Test
    void aGroupThatIsTooLongIsLeftOut() {
        join.add(packet(0, true, NOW - 9_000), NOW);
        for (int i = 1; i < 3000; i++) {
            join.add(packet(i, false, NOW - 9_000), NOW);
        }

        assertThat(numbers()).isEmpty();
    }

    @Test
    void streamsThatBeginTogetherLeaveHalfOfTheRoomOfPackets() {
        ByteBudget budget = new ByteBudget(1000);
        JoinPoint first = new JoinPoint(budget);
        JoinPoint second = new JoinPoint(budget);
        first.add(old(0, 600), NOW);
        second.add(old(0, 600), NOW);
        assertThat(second.take()).isEmpty();

        first.clear();
        assertThat(budget.isEmpty()).isTrue();
        second.add(old(1, 600), NOW);
        assertThat(second.take()).hasSize(1);
        assertThat(budget.isEmpty())
                .as("what is taken does not count here any more")
                .isTrue();
    }

    private static LivePacket old(long number, int bytes) {
        return PacketQueueTest.packet(number, true, bytes).toBuilder()
                .setReceivedAtMs(NOW - 9_000)
                .build();
    }

    private List<Long> numbers() {
        return join.take().stream().map(p -> p.getUnit().getFrame()).toList();
    }

    private static LivePacket packet(long number, boolean key, long receivedAtMs) {
        return PacketQueueTest.packet(number, key, 10).toBuilder()
                .setReceivedAtMs(receivedAtMs)
                .build();
    }
}
