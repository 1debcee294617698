package io.framequota.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.failure.RejectedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinimumRateInputStreamTest {
    private long now;

    /** An endless body: each read waits this many seconds and returns one byte. */
    private MinimumRateInputStream body(double secondsEach, long minBytes) {
        InputStream in = new InputStream() {
            @Override
            public int read() {
                now += (long) (secondsEach * 1e9);
                return 'x';
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (length == 0) {
                    return 0;
                }
                target[offset] = (byte) read();
                return 1;
            }
        };
        return new MinimumRateInputStream(in, Duration.ofSeconds(20), minBytes, "be quick", () -> now);
    }

    @Test
    void aSlowBodyIsRejectedAfterTheWindow() {
        MinimumRateInputStream body = body(12, 100);

        assertThatThrownBy(() -> body.readNBytes(1000))
                .isInstanceOfSatisfying(
                        RejectedRequestException.class,
                        r -> assertThat(r.kind()).isEqualTo(RejectedRequestException.Kind.TOO_SLOW))
                .hasMessageContaining("be quick");
        assertThat(now).isEqualTo(24_000_000_000L);
    }

    @Test
    void aBodyWithTheMinimumRateMayTakeAnyTime() throws IOException {
        assertThat(body(0.1, 100).readNBytes(10_000)).hasSize(10_000);
        assertThat(now).isEqualTo(1_000_000_000_000L);
    }

    @Test
    void timeOfTheServerDoesNotCount() throws IOException {
        MinimumRateInputStream body = body(0, 100);
        for (int i = 0; i < 1000; i++) {
            assertThat(body.read()).isEqualTo('x');
            now += 60_000_000_000L;
        }
    }
}
