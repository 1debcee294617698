package io.framequota.ingest.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.LiveGap;
import io.framequota.contract.control.LiveResult;
import io.framequota.ingest.store.LiveStore.Position;
import io.framequota.ingest.store.LiveStore.StreamGap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveLinesTest {
    private static final Position START = new Position(-1, 0, 0, 0);

    private final LiveLines lines = new LiveLines(1, START, List.of(), 10);

    private static LiveResult line(long frame) {
        return line(frame, 1);
    }

    private static LiveResult line(long frame, long epoch) {
        return LiveResult.newBuilder()
                .setJob("j")
                .setEpoch(epoch)
                .setWorker("w")
                .setFrame(frame)
                .setPtsMs(frame * 100)
                .setReceivedAtMs(7)
                .setLine(ByteString.copyFromUtf8("{\"frame\":" + frame + ",\"pts_ms\":0.0,\"detections\":[]}"))
                .build();
    }

    private static LiveResult gap(long frame, String cause, double toMs) {
        return LiveResult.newBuilder()
                .setJob("j")
                .setEpoch(1)
                .setFrame(frame)
                .setGap(LiveGap.newBuilder().setCause(cause).setFrames(1).setToMs(toMs))
                .build();
    }

    private List<String> texts() {
        return lines.lines().stream().map(LiveLines.Line::text).toList();
    }

    private static String gapText(double from, double to, int frames, String cause) {
        return "{\"gap\":{\"from_ms\":" + from + ",\"to_ms\":" + to + ",\"frames\":" + frames + ",\"cause\":\"" + cause
                + "\"}}";
    }

    private static String frameText(long frame) {
        return "{\"frame\":" + frame + ",\"pts_ms\":0.0,\"detections\":[],\"received_ms\":7}";
    }

    @Test
    void eachFrameHasOneLineHoweverOftenItComes() {
        assertThat(lines.add(line(0))).isTrue();
        assertThat(lines.add(line(1))).isTrue();
        assertThat(lines.add(line(1))).isFalse();
        assertThat(lines.add(line(0))).isFalse();

        assertThat(texts()).containsExactly(frameText(0), frameText(1));
    }

    @Test
    void resultsOfAnEarlierEpochAreLeftOut() {
        lines.add(line(0, 3));

        assertThat(lines.add(line(1, 2))).isFalse();
        assertThat(lines.add(line(1, 3))).isTrue();
    }

    @Test
    void framesThatNobodyToldOfAreCounted() {
        lines.add(line(0));
        lines.add(line(5));

        assertThat(texts()).containsExactly(frameText(0), gapText(0, 500, 4, "no-worker"), frameText(5));
        assertThat(lines.missing()).isEqualTo(Map.of("no-worker", 4L));
    }

    @Test
    void aWorkersGapIsCountedByNumbersUnderItsCause() {
        lines.add(line(0));
        lines.add(gap(4, "dropped", 350));
        assertThat(lines.add(gap(4, "dropped", 350))).isFalse();
        lines.add(line(4));

        assertThat(texts()).containsExactly(frameText(0), gapText(0, 350, 3, "dropped"), frameText(4));
    }

    @Test
    void onlyMultiplesOfEveryAreMissing() {
        LiveLines third = new LiveLines(3, START, List.of(), 30);
        third.add(line(0));
        third.add(line(3));
        third.add(line(12));

        assertThat(third.missing()).isEqualTo(Map.of("no-worker", 2L));
    }

    @Test
    void aCutStandsBetweenTheLinesOfTheTwoSessions() {
        lines.add(line(0));
        assertThat(lines.expect(new StreamGap(3, 3, 300, 5000, 47, "disconnected")))
                .isTrue();
        lines.add(line(1));
        lines.add(line(2));
        lines.add(line(3));

        assertThat(texts())
                .containsExactly(
                        frameText(0), frameText(1), frameText(2), gapText(200, 5000, 47, "disconnected"), frameText(3));
    }

    @Test
    void framesInFrontOfACutThatNoWorkerInferredAreCountedApart() {
        lines.add(line(0));
        lines.expect(new StreamGap(3, 3, 300, 5000, 47, "disconnected"));
        lines.add(line(3));

        assertThat(texts())
                .containsExactly(
                        frameText(0),
                        gapText(0, 300, 2, "no-worker"),
                        gapText(300, 5000, 47, "disconnected"),
                        frameText(3));
    }

    @Test
    void numbersThatARestartSkippedCountByTime() {
        lines.add(line(0));
        lines.add(line(10));
        lines.take();
        lines.expect(new StreamGap(12, 2000, 1200, 6000, StreamGap.BY_TIME, "restarted"));
        lines.add(line(11));
        lines.add(line(2000));

        assertThat(texts()).containsExactly(frameText(11), gapText(1100, 6000, 48, "restarted"), frameText(2000));
    }

    @Test
    void packetsThatTheBrokerDidNotTakeAreDroppedFrames() {
        lines.add(line(0));
        lines.expect(new StreamGap(2, 6, 200, 600, 0, "dropped"));
        lines.add(line(1));
        lines.add(line(6));

        assertThat(texts()).containsExactly(frameText(0), frameText(1), gapText(100, 600, 4, "dropped"), frameText(6));
    }

    @Test
    void whatIsMissingAtTheEndIsCounted() {
        lines.add(line(0));
        lines.finish(4);
        lines.finish(4);

        assertThat(lines.missing()).isEqualTo(Map.of("dropped", 3L));
    }

    @Test
    void aRestartedProcessGoesOnBehindTheCommittedWindow() {
        LiveLines next = new LiveLines(1, new Position(9, 900, 4, 1), List.of(), 10);

        assertThat(next.add(line(9, 4))).isFalse();
        assertThat(next.add(line(10, 3))).isFalse();
        assertThat(next.add(line(10, 4))).isTrue();
        assertThat(next.missing()).isEmpty();
    }

    @Test
    void aGapThatWasCommittedIsNotExpectedAgain() {
        LiveLines next = new LiveLines(
                1,
                new Position(9, 900, 4, 1),
                List.of(
                        new StreamGap(9, 9, 0, 900, 5, "disconnected"),
                        new StreamGap(10, 10, 900, 2000, 5, "disconnected")),
                10);
        next.add(line(10, 4));

        assertThat(next.missing()).isEqualTo(Map.of("disconnected", 5L));
    }

    @Test
    void aWindowHasTheNumbersOfItsLines() {
        lines.add(line(0));
        lines.add(LiveResult.newBuilder(line(1))
                .setLine(ByteString.copyFromUtf8("{\"frame\":1,\"pts_ms\":1.0,\"error\":\"no\",\"detections\":[]}"))
                .build());
        lines.add(LiveResult.newBuilder(line(2)).setDetections(3).build());
        LiveLines.Content window = lines.take();

        assertThat(window.frames()).isEqualTo(3);
        assertThat(window.failedFrames()).isEqualTo(1);
        assertThat(window.detections()).isEqualTo(3);
        assertThat(window.lastFrame()).isEqualTo(2);
        assertThat(lines.size()).isZero();
    }

    @Test
    void aWindowWithManyBytesIsFull() {
        String filler = "x".repeat(300_000);
        for (int i = 0; i < 2; i++) {
            assertThat(lines.full()).isFalse();
            lines.add(LiveResult.newBuilder(line(i))
                    .setLine(ByteString.copyFromUtf8("{\"frame\":" + i + ",\"file\":\"" + filler + "\"}"))
                    .build());
        }
        assertThat(lines.full()).isTrue();
    }

    @Test
    void streamsThatComeAndGoWithoutAnyResultTakeBoundedMemoryAndLoseNoGap() {
        for (int i = 1; i <= 1000; i++) {
            lines.expect(new StreamGap(i, i, i * 1000, i * 1000 + 900, 9, "disconnected"));
        }
        lines.add(line(1000));

        assertThat(lines.size()).isLessThan(1200);
        assertThat(lines.missing().keySet()).contains("disconnected", "no-worker");
    }
}
