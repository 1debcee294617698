package io.framequota.inference.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.LiveResult;
import io.framequota.contract.result.ResultLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultSequenceTest {
    private final List<LiveResult> sent = new ArrayList<>();
    private final ResultSequence results =
            new ResultSequence(() -> LiveResult.newBuilder().setJob("j").setEpoch(3), sent::add);

    @Test
    void resultsComeInTheOrderOfFramesWhateverTheOrderOfAnswers() {
        expect(0, 1, 2);

        done(2);
        done(1);
        assertThat(sent).isEmpty();
        done(0);

        assertThat(told()).containsExactly("0", "1", "2");
        assertThat(sent.getFirst())
                .satisfies(r -> assertThat(r.getEpoch()).isEqualTo(3))
                .satisfies(r -> assertThat(r.getSession()).isEqualTo(1))
                .satisfies(r -> assertThat(r.getReceivedAtMs()).isEqualTo(1000))
                .satisfies(r -> assertThat(r.getInferredAtMs()).isEqualTo(7))
                .satisfies(r -> assertThat(r.getLine().toStringUtf8())
                        .isEqualTo("{\"frame\":0,\"pts_ms\":0.0,\"detections\":[]}"));
    }

    @Test
    void droppedFramesThatFollowOneAnotherAreOneGapInFrontOfTheNextResult() {
        expect(0, 5, 10, 15, 20);
        done(0);
        drop(5, 10);
        drop(15);
        assertThat(told()).containsExactly("0");

        done(20);

        assertThat(told()).containsExactly("0", "3 dropped to 16", "20");
        assertThat(sent.get(1).getGap().getFromMs()).isEqualTo(200);
        assertThat(sent.get(1).getGap().getToMs()).isEqualTo(600);
    }

    @Test
    void lossesOfSeveralCausesAreSeveralGaps() {
        expect(0);
        results.missing(new StreamDecoder.Loss(1, 4, 40, 120, 1, GapCause.DECODE_ERROR), 3);
        results.missing(new StreamDecoder.Loss(4, 6, 160, 200, 1, GapCause.DECODE_ERROR), 2);
        results.missing(new StreamDecoder.Loss(6, 7, 240, 240, 1, GapCause.EXPIRED), 1);
        expect(7);
        done(0);
        done(7);

        assertThat(told()).containsExactly("0", "5 decode-error to 6", "1 expired to 7", "7");
    }

    @Test
    void aGapBehindAFrameThatIsStillBeingInferredWaitsForIt() {
        expect(0, 1, 2);
        drop(1);
        done(2);
        results.end();
        assertThat(sent).isEmpty();

        done(0);

        assertThat(told()).containsExactly("0", "1 dropped to 2", "2");
    }

    @Test
    void aGapIsToldAfterASecondWithoutAResult() throws InterruptedException {
        expect(0, 1);
        drop(0);
        results.tick();
        assertThat(sent).isEmpty();

        Thread.sleep(1100);
        results.tick();

        assertThat(told()).containsExactly("1 dropped to 1");
    }

    @Test
    void aFrameWhoseResultNeverComesIsGivenUpWhenTooMuchWaitsForIt() {
        int givenUp = results.expect(picture(0));
        for (int i = 1; i < ResultSequence.MOST_ITEMS; i++) {
            givenUp += results.expect(picture(i));
            done(i);
        }
        assertThat(givenUp).isZero();
        assertThat(sent).isEmpty();

        assertThat(results.expect(picture(ResultSequence.MOST_ITEMS))).isEqualTo(1);

        assertThat(told()).hasSize(ResultSequence.MOST_ITEMS).startsWith("1 dropped to 1", "1", "2");
        done(0);
        done(ResultSequence.MOST_ITEMS);
        assertThat(told()).hasSize(ResultSequence.MOST_ITEMS + 1).endsWith("255", "256");
    }

    private static StreamDecoder.Picture picture(long number) {
        return new StreamDecoder.Picture(number, number * 40, false, 1, 1000 + number);
    }

    private void expect(long... numbers) {
        for (long number : numbers) {
            results.expect(picture(number));
        }
    }

    private void done(long number) {
        results.done(new ResultLine(number, number * 40, List.of(), null, null), 7);
    }

    private void drop(long... numbers) {
        for (long number : numbers) {
            results.dropped(number);
        }
    }

    private List<String> told() {
        return sent.stream()
                .map(r -> r.hasGap()
                        ? r.getGap().getFrames() + " " + r.getGap().getCause() + " to " + r.getFrame()
                        : "" + r.getFrame())
                .toList();
    }
}
