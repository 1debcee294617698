package io.framequota.media.live.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Times of a stream at 10 pictures a second, in milliseconds, where a test does not say otherwise. */
class TimeRepairTest {
    private static final long NONE = TimeRepair.NONE;
    private static final long MS = 1_000_000;

    private final TimeRepair repair = new TimeRepair(1000);
    private long clock = 5_000 * MS;

    private long at(long pts, long dts, long afterMs) {
        clock += afterMs * MS;
        repair.next(pts, dts, clock);
        return repair.pts();
    }

    private List<Long> all(long... times) {
        List<Long> out = new ArrayList<>();
        for (long time : times) {
            out.add(at(time, time, 100));
        }
        return out;
    }

    @Test
    void beginsWithZeroWhereverTheStreamBegins() {
        assertThat(all(987_654_321, 987_654_421, 987_654_521)).containsExactly(0L, 100L, 200L);
        assertThat(repair.warnings()).isEmpty();
        assertThat(repair.fps()).isEqualTo(10);
    }

    @Test
    void continuesWhere24BitsWrap() {
        assertThat(all((1 << 24) - 150, (1 << 24) - 50, 50, 150)).containsExactly(0L, 100L, 200L, 300L);
        assertThat(repair.warnings()).containsExactly("the stream's clock wrapped around once; times go on");
    }

    @Test
    void continuesWhere32BitsWrap() {
        assertThat(all((1L << 32) - 150, (1L << 32) - 50, 50, 150)).containsExactly(0L, 100L, 200L, 300L);
        assertThat(repair.warnings()).containsExactly("the stream's clock wrapped around once; times go on");
    }

    @Test
    void continuesWhere32BitsOfTheCameraClockWrap() {
        TimeRepair camera = new TimeRepair(90_000);
        long begin = (1L << 32) - 9000;
        List<Long> out = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            camera.next(begin + i * 9000 & 0xFFFFFFFFL, NONE, clock += 100 * MS);
            out.add(camera.pts());
        }
        assertThat(out).containsExactly(0L, 9000L, 18000L, 27000L);
    }

    @Test
    void goesOnWhenTheClockRestarts() {
        assertThat(all(50_000, 50_100, 50_200, 0, 100, 200)).containsExactly(0L, 100L, 200L, 300L, 400L, 500L);
        assertThat(repair.warnings()).containsExactly("the stream's clock jumped back once; times go on");
    }

    @Test
    void leavesOutAJumpAheadThatTheArrivalDoesNotShow() {
        assertThat(all(0, 100, 200, 60_300, 60_400)).containsExactly(0L, 100L, 200L, 300L, 400L);
        assertThat(repair.warnings()).singleElement().asString().contains("jumped ahead once");
    }

    @Test
    void keepsAPauseThatTheArrivalShows() {
        all(0, 100);

        assertThat(at(5_100, 5_100, 5_000)).isEqualTo(5_100);
        assertThat(repair.warnings()).isEmpty();
        assertThat(repair.fps()).isEqualTo(10);
    }

    @Test
    void countsThePauseBeforeARestart() {
        all(70_000, 70_100);

        assertThat(at(0, 0, 5_000)).isEqualTo(100 + 5_000);
        assertThat(at(100, 100, 100)).isEqualTo(100 + 5_100);
    }

    @Test
    void keepsTheOrderOfReorderedPictures() {
        long[][] group = {{200, 0}, {500, 100}, {300, 200}, {400, 300}, {800, 400}, {600, 500}, {700, 600}};
        List<Long> out = new ArrayList<>();
        for (long[] one : group) {
            out.add(at(one[0], one[1], 100));
        }
        assertThat(out).containsExactly(0L, 300L, 100L, 200L, 600L, 400L, 500L);
        assertThat(repair.dts()).isEqualTo(400);
        assertThat(repair.warnings()).isEmpty();
    }

    @Test
    void keepsTheOrderWhereOnlyPresentationTimesAreStated() {
        List<Long> out = new ArrayList<>();
        for (long pts : new long[] {200, 500, 300, 400, 800, 600, 700}) {
            out.add(at(pts, NONE, 100));
        }
        assertThat(out).containsExactly(0L, 300L, 100L, 200L, 600L, 400L, 500L);
        assertThat(repair.dts()).isEqualTo(NONE);
        assertThat(repair.warnings()).isEmpty();
    }

    @Test
    void setsDecodingTimesRightThatDoNotRise() {
        List<Long> decoding = new ArrayList<>();
        List<Long> shown = new ArrayList<>();
        for (long[] one : new long[][] {{100, 0}, {200, 100}, {300, 90}, {400, 100}, {500, 400}}) {
            shown.add(at(one[0], one[1], 100));
            decoding.add(repair.dts());
        }
        assertThat(decoding).isSorted().doesNotHaveDuplicates();
        assertThat(shown).containsExactly(0L, 100L, 200L, 300L, 400L);
        assertThat(repair.warnings())
                .containsExactly(
                        "2 packets of the stream had times that were there before or make no sense; they were set right");
    }

    @Test
    void takesATimeThatMakesNoSenseForNoDelay() {
        at(0, 0, 100);

        assertThat(at(3_600_000, 100, 100)).isEqualTo(100);
        assertThat(repair.warnings()).singleElement().asString().startsWith("1 packet");
    }

    @Test
    void acceptsDecodingTimesThatAreLate() {
        List<Long> out = new ArrayList<>();
        for (long[] one : new long[][] {{0, 200}, {300, 300}, {100, 400}, {200, 500}, {600, 600}, {400, 700}}) {
            out.add(at(one[0], one[1], 100));
        }
        assertThat(out).containsExactly(0L, 300L, 100L, 200L, 600L, 400L);
        assertThat(repair.warnings()).isEmpty();
    }

    @Test
    void restartsTheClockWhenItStaysBehind() {
        all(0, 100, 200, 300);
        List<Long> out = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            out.add(at(150 + i, 150 + i, 100));
        }
        assertThat(out).isSorted().doesNotHaveDuplicates();
        assertThat(repair.warnings()).first().asString().contains("jumped back once");
    }

    @Test
    void countsArrivalsWhereNoTimesAreStated() {
        List<Long> out = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            out.add(at(NONE, NONE, 250));
        }
        assertThat(out).containsExactly(0L, 250L, 500L, 750L);
        assertThat(repair.fps()).isEqualTo(4);
    }

    @Test
    void risesWhateverComes() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            TimeRepair any = new TimeRepair(1000);
            long now = 0;
            long time = random.nextLong(1L << 32);
            long last = -1;
            for (int i = 0; i < 300; i++) {
                long arrived = random.nextInt(50) == 0 ? 3000 : 100;
                now += arrived * MS;
                time += switch (random.nextInt(20)) {
                    case 0 -> random.nextLong(-400, 400);
                    case 1 -> random.nextLong(-10_000_000, 10_000_000);
                    case 2 -> -(1L << 24);
                    case 3 -> -(1L << 32);
                    case 4 -> 0;
                    default -> arrived;
                };
                any.next(time, time, now);
                assertThat(any.pts()).as("seed %d, packet %d", seed, i).isGreaterThan(last);
                assertThat(any.pts() - last).as("seed %d, packet %d", seed, i).isLessThanOrEqualTo(arrived + 1100);
                last = any.pts();
            }
        }
    }
}
