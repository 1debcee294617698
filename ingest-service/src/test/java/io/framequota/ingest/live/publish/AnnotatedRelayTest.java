package io.framequota.ingest.live.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.media.live.LiveWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AnnotatedRelayTest {
    private static final CodecParameters SMALL =
            CodecParameters.newBuilder().setWidth(320).build();
    private static final CodecParameters LARGE =
            CodecParameters.newBuilder().setWidth(640).build();

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;
    private volatile boolean broken;
    private final CountDownLatch hold = new CountDownLatch(1);
    private volatile boolean holding;
    private final AnnotatedRelay relay = new AnnotatedRelay("j", "publishing at host", this::open);

    private LiveWriter open(CodecParameters codec) throws IOException {
        if (refusing) {
            throw new IOException("rtmp://user:word@host/x refused");
        }
        seen.add("open " + codec.getWidth());
        return new LiveWriter() {
            @Override
            public void write(AccessUnit unit) throws IOException {
                if (broken) {
                    throw new IOException("the connection was closed");
                }
                while (holding) {
                    try {
                        hold.await();
                        holding = false;
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                seen.add("" + unit.getPts());
            }

            @Override
            public void interrupt() {
                seen.add("interrupt");
            }

            @Override
            public void close() {
                seen.add("close");
            }
        };
    }

    @AfterEach
    void end() throws InterruptedException {
        relay.close();
        relay.join(Duration.ofSeconds(5));
    }

    @Test
    void beginsAtAKeyPictureAndOpensAnewForOtherParameters() {
        relay.start();
        relay.add(packet(1, null, 10));
        relay.add(packet(2, SMALL, 10));
        relay.add(packet(3, null, 10));
        relay.add(packet(4, SMALL, 10));
        relay.add(packet(5, LARGE, 10));

        await().until(() -> seen.contains("5"));
        assertThat(seen).containsExactly("open 320", "2", "3", "4", "close", "open 640", "5");
        assertThat(relay.warning()).isEmpty();
    }

    @Test
    void aTargetThatRefusesIsAWarningWithoutSecretsUntilItTakesTheStream() {
        refusing = true;
        relay.start();
        relay.add(packet(1, SMALL, 10));
        await().until(() -> !relay.warning().isEmpty());
        assertThat(relay.warning())
                .isEqualTo("publishing at host failed: rtmp://***@host/x refused; it is tried again");

        refusing = false;
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            relay.add(packet(seen.size() + 10, SMALL, 10));
            return relay.warning().isEmpty();
        });
        assertThat(seen).startsWith("open 320");
    }

    @Test
    void aBrokenConnectionIsClosedAndTheStreamGoesOnAtALaterKeyPicture() {
        relay.start();
        relay.add(packet(1, SMALL, 10));
        await().until(() -> seen.contains("1"));
        broken = true;
        relay.add(packet(2, null, 10));
        await().until(() -> seen.contains("close"));
        broken = false;
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            relay.add(packet(7, null, 10));
            relay.add(packet(8, SMALL, 10));
            return seen.contains("8");
        });

        assertThat(seen).startsWith("open 320", "1", "close", "open 320", "8");
    }

    @Test
    void packetsThatWaitAreBoundedAndLeftOutUpToAKeyPicture() throws InterruptedException {
        holding = true;
        relay.start();
        relay.add(packet(0, SMALL, 10));
        await().until(() -> !seen.isEmpty());
        Thread.sleep(50);
        for (int i = 1; i <= 9; i++) {
            relay.add(packet(i, null, 1 << 20));
        }
        relay.add(packet(10, SMALL, 10));
        hold.countDown();

        await().until(() -> seen.contains("10"));
        assertThat(seen).containsExactly("open 320", "0", "10");
    }

    private static LiveAnnotated packet(long pts, CodecParameters keyOf, int bytes) {
        LiveAnnotated.Builder packet = LiveAnnotated.newBuilder().setJob("j");
        packet.getUnitBuilder().setPts(pts).setKey(keyOf != null).setData(ByteString.copyFrom(new byte[bytes]));
        if (keyOf != null) {
            packet.setCodec(keyOf);
        }
        return packet.build();
    }
}
