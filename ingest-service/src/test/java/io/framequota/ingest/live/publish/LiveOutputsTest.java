package io.framequota.ingest.live.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.media.live.LiveWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LiveOutputsTest {
    @TempDir
    Path folder;

    private final List<Path> opened = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstEnds = new CountDownLatch(1);
    private LiveOutputs outputs;

    /** Writes the playlist when it is opened; the first one takes its time to end. */
    private final class Writers implements LiveWriter.Factory {
        @Override
        public LiveWriter publish(URI target, CodecParameters codec) {
            throw new UnsupportedOperationException();
        }

        @Override
        public LiveWriter hls(Path files, String base, CodecParameters codec) throws IOException {
            opened.add(files);
            boolean first = opened.size() == 1;
            Files.writeString(files.resolve(LiveOutputs.PLAYLIST), "playlist " + opened.size());
            return new LiveWriter() {
                @Override
                public void write(AccessUnit unit) {}

                @Override
                public void interrupt() {}

                @Override
                public void close() {
                    while (first && firstEnds.getCount() > 0) {
                        try {
                            firstEnds.await();
                        } catch (InterruptedException e) {
                            // Goes on to the end, as native code does.
                        }
                    }
                }
            };
        }
    }

    @AfterEach
    void stop() {
        firstEnds.countDown();
        outputs.stop();
    }

    private void show(long pts) {
        outputs.accept(LiveAnnotated.newBuilder()
                .setJob("job")
                .setUnit(AccessUnit.newBuilder().setKey(true).setPts(pts).setData(ByteString.copyFromUtf8("x")))
                .setCodec(CodecParameters.newBuilder().setWidth(320))
                .build());
    }

    @Test
    void aJobThatIsOpenedAgainKeepsItsFilesWhenTheOldOnesAreDeleted() {
        outputs = new LiveOutputs(new Writers(), folder.resolve("live"), Clock.systemUTC(), new SimpleMeterRegistry());
        outputs.open("job", "", true);
        show(1);
        await().until(() -> opened.size() == 1 && outputs.playlist("job").isPresent());

        outputs.close("job");
        assertThat(outputs.playlist("job")).isEmpty();
        outputs.open("job", "", true);
        show(1);
        await().until(() -> outputs.playlist("job").isPresent());
        firstEnds.countDown();
        await().until(() -> !Files.exists(opened.getFirst()));

        assertThat(outputs.playlist("job").map(String::new)).contains("playlist 2");
    }
}
