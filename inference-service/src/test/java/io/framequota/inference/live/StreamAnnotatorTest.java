package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.ColorInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An annotator whose thread is not started, so that all pictures wait. */
class StreamAnnotatorTest {
    private static final int MOST_OF_THE_ROOM = (int) (StreamAnnotator.MOST_BYTES * 2 / 3);

    private final LaneCounters counters = StreamRunTest.counters();
    private final StreamAnnotator annotator = new StreamAnnotator(counters, Duration.ofMinutes(1));
    private final StreamRun one = begun("one");
    private final StreamRun other = begun("other");
    private final List<Integer> made = new ArrayList<>();

    @Test
    void aPictureWithoutRoomIsNotEvenMade() {
        add(one, MOST_OF_THE_ROOM);
        add(other, MOST_OF_THE_ROOM);
        assertThat(made).hasSize(1);
        assertThat(counters.notAnnotated.sum()).isEqualTo(1);

        annotator.end(one);
        add(other, MOST_OF_THE_ROOM);
        assertThat(made).hasSize(2);
    }

    @Test
    void aStreamsOldPicturesMakeRoomForItsNewOne() {
        add(one, MOST_OF_THE_ROOM);
        add(one, MOST_OF_THE_ROOM);

        assertThat(made).hasSize(2);
        assertThat(counters.notAnnotated.sum()).isEqualTo(1);
    }

    @Test
    void aPictureThatIsLargerThanTheRoomIsTakenWhenItIsAlone() {
        int large = (int) StreamAnnotator.MOST_BYTES + 1;
        add(one, large);
        add(other, 3);
        assertThat(made).containsExactly(large);

        annotator.end(one);
        add(other, 3);
        add(one, large);
        assertThat(made).containsExactly(large, 3);
    }

    private StreamRun begun(String job) {
        StreamRun run = StreamRunTest.run(
                job,
                new WaitingFrames(Duration.ofMinutes(1)),
                () -> {
                    throw new AssertionError();
                },
                new ArrayList<>());
        annotator.begin(run, (_, _) -> CompletableFuture.completedFuture(null));
        return run;
    }

    private void add(StreamRun run, int bytes) {
        annotator.add(run, bytes, () -> {
            made.add(bytes);
            return new StreamAnnotator.Shot(
                    new StreamDecoder.Picture(0, 0, false, 1, 0), 0, new byte[bytes], bytes / 3, 1, ColorInfo.BT709, 0);
        });
    }
}
