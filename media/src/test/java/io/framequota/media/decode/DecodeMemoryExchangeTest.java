package io.framequota.media.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecodeMemoryExchangeTest {
    private static final long MIB = 1 << 20;
    private static final Duration LONG = Duration.ofMinutes(10);

    private final DecodeMemoryBudget memory = new DecodeMemoryBudget(100 * MIB);

    /** Two sequences of pictures, each with one of 80 MiB: together they would take 160. */
    @Test
    void aLargePictureWaitsForAnother() throws Exception {
        DecodeMemoryBudget.Share first = memory.take(10 * MIB, "first");
        DecodeMemoryBudget.Share second = memory.take(10 * MIB, "second");
        first.exchange(80 * MIB, "first", LONG);
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                second.exchange(80 * MIB, "second", LONG);
                waiting.complete(null);
            } catch (SourceException e) {
                waiting.completeExceptionally(e);
            }
        });

        assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        // It gave back what it had: the holder of the memory might wait for that.
        assertThat(memory.used()).isEqualTo(80 * MIB);
        first.exchange(10 * MIB, "first", LONG);
        waiting.get();
        assertThat(memory.used()).isEqualTo(90 * MIB);
        first.close();
        second.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void itDoesNotWaitForEver() throws Exception {
        DecodeMemoryBudget.Share first = memory.take(90 * MIB, "first");
        DecodeMemoryBudget.Share second = memory.take(10 * MIB, "second");

        second.exchange(50 * MIB, "second", Duration.ofMillis(50));

        assertThat(memory.used()).isEqualTo(140 * MIB);
        first.close();
        second.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void whatNeedsMoreThanAllIsRefused() throws Exception {
        DecodeMemoryBudget.Share share = memory.take(10 * MIB, "first");

        assertThatThrownBy(() -> share.exchange(101 * MIB, "the picture", LONG))
                .hasMessage(
                        "the picture needs about 101 MiB to be decoded, more than FRAMEQUOTA_DECODE_MEMORY (100 MiB);"
                                + " use smaller pictures or raise it");
        assertThat(memory.used()).isZero();
    }
}
