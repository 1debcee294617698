package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.media.decode.ColorInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnnotatedEncoderIT {
    private final StreamRun run = StreamRunTest.run(
            "a",
            new WaitingFrames(Duration.ofMinutes(1)),
            () -> {
                throw new AssertionError();
            },
            new ArrayList<>());
    private final List<LiveAnnotated> packets = new ArrayList<>();
    private final AnnotatedEncoder encoder = new AnnotatedEncoder(run, this::send, () -> this.nanos);
    private long nanos;
    private boolean away;

    @AfterEach
    void end() {
        encoder.end();
    }

    @Test
    void whileTheBrokerIsAwayOneEncoderStaysOpenAndGoesOnWithAKeyPicture() {
        assertThat(encode(100)).isTrue();
        assertThat(encode(140)).isTrue();
        away = true;
        assertThat(encode(180)).isTrue();
        assertThat(encode(220)).isFalse();
        nanos += Duration.ofMillis(1100).toNanos();
        assertThat(encode(260)).as("a second later it tries again").isTrue();
        assertThat(encode(300)).isFalse();
        away = false;
        nanos += Duration.ofMillis(1100).toNanos();

        // Earlier than the one before: only an encoder that knows that one moves it.
        assertThat(encode(200)).isTrue();
        assertThat(encode(340)).isTrue();

        assertThat(packets).extracting(p -> p.getUnit().getPts()).containsExactly(100L, 140L, 180L, 260L, 261L, 340L);
        assertThat(packets)
                .extracting(p -> p.getUnit().getKey())
                .containsExactly(true, false, false, true, true, false);
        assertThat(packets).filteredOn(p -> p.getUnit().getKey()).allMatch(LiveAnnotated::hasCodec);
    }

    private boolean encode(double ms) {
        StreamDecoder.Picture picture = new StreamDecoder.Picture(0, ms, false, 1, 0);
        return encoder.encode(
                new StreamAnnotator.Shot(picture, 0, new byte[64 * 64 * 3], 64, 64, ColorInfo.BT709, 0), List.of());
    }

    private CompletionStage<Void> send(StreamDecoder.Picture picture, LiveAnnotated.Builder packet) {
        packets.add(packet.build());
        return away
                ? CompletableFuture.failedFuture(new IOException("the broker is away"))
                : CompletableFuture.completedFuture(null);
    }
}
