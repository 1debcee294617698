package io.framequota.analysis.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.analysis.result.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZoneTest {
    @Test
    void anAreaCountsWhoGoesInAndOutAndForHowLong() {
        ZoneCounter counter = counter("area=100,0 200,0 200,200 100,200");
        // The first walks through, the second begins inside and stays.
        for (int f = 0; f <= 30; f++) {
            counter.see(1, standing(10.5 + 10 * f, 100), f * 100);
            assertThat(counter.see(2, standing(150, 50), f * 100)).isTrue();
        }

        assertThat(counter.in()).isEqualTo(2);
        assertThat(counter.out()).isEqualTo(1);
        assertThat(counter.tracks()).isEqualTo(2);
        // Inside from x = 100.5 to 190.5: nine steps of 0.1 s; and 30 steps.
        assertThat(counter.insideSeconds()).isCloseTo(0.9 + 3.0, within(1e-9));
    }

    @Test
    void aLineCountsCrossingsByDirectionAndOnlyBetweenItsEnds() {
        ZoneCounter counter = counter("line=100,0 100,200");
        // Down the picture from the first point: the right side is where x is smaller.
        walk(counter, 1, 50, 150, 100);
        walk(counter, 2, 150, 50, 100);
        walk(counter, 3, 50, 150, 300);
        // One that only touches the line and turns back crosses nothing.
        counter.see(4, standing(90, 100), 0);
        counter.see(4, standing(100, 100), 100);
        counter.see(4, standing(90, 100), 200);

        assertThat(counter.in()).isEqualTo(1);
        assertThat(counter.out()).isEqualTo(1);
        assertThat(counter.tracks()).isEqualTo(2);
        assertThat(counter.insideSeconds()).isZero();
    }

    @Test
    void theEdgesOfAn360PictureAreOnePlace() {
        PictureEdges edges = PictureEdges.around(1920, 960);
        ZoneCounter middle = counter("middle=960,0 960,960");
        ZoneCounter last = counter("last=1915,0 1915,960");
        ZoneCounter first = counter("first=5,0 5,960");
        ZoneCounter area = counter("area=1900,0 1920,0 1920,960 1900,960");
        // From 1890 to the right, over the edge, to 30; boxes at the edge go on beyond the width.
        for (int step = 0; step <= 60; step += 20) {
            for (ZoneCounter counter : List.of(middle, last, first, area)) {
                counter.see(1, standing(1890 + step < 1930 ? 1890 + step : step - 30, 500), step, edges);
            }
        }

        assertThat(middle.in() + middle.out()).isZero();
        assertThat(last.out()).isEqualTo(1);
        assertThat(last.in()).isZero();
        assertThat(first.out()).isEqualTo(1);
        assertThat(first.in()).isZero();
        assertThat(area.in()).isEqualTo(1);
        assertThat(area.out()).isEqualTo(1);
    }

    @Test
    void theWayFromOneFaceToAnotherCrossesNoLine() {
        PictureEdges edges = PictureEdges.around(1200, 800);
        ZoneCounter line = counter("line=600,0 600,800");
        // From the right face, at the left, to the back face, in the lower row.
        line.see(1, standing(390, 200), 0, edges);
        line.see(1, standing(810, 600), 40, edges);
        line.see(2, standing(590, 200), 0, edges);
        line.see(2, standing(610, 200), 40, edges);

        assertThat(line.out()).isEqualTo(1);
        assertThat(line.in()).isZero();
    }

    @Test
    void aConcaveAreaHasItsNotchOutside() {
        Zone zone = Zone.parse(List.of("u=0,0 300,0 300,300 200,300 200,100 100,100 100,300 0,300"))
                .getFirst();

        assertThat(zone.contains(new Zone.Point(50, 200))).isTrue();
        assertThat(zone.contains(new Zone.Point(250, 200))).isTrue();
        assertThat(zone.contains(new Zone.Point(150, 200))).isFalse();
        assertThat(zone.contains(new Zone.Point(150, 50))).isTrue();
    }

    @Test
    void zonesAreReadFromWordsHoweverTheShellDividesThem() {
        List<Zone> zones = Zone.parse(List.of("door=1,2 3,4", "5,6", "gate=0,0", "1.5,-1"));

        assertThat(zones).extracting(Zone::name).containsExactly("door", "gate");
        assertThat(zones.get(0).points()).hasSize(3);
        assertThat(zones.get(0).isLine()).isFalse();
        assertThat(zones.get(1).isLine()).isTrue();
        assertThat(Zone.parse(List.of())).isEmpty();
    }

    @Test
    void mistakesAreNamed() {
        bad("1,2", "NAME=x,y");
        bad("door=1,2", "one point");
        bad("door=1,2 3", "'3' in door");
        bad("door=1,2 3,NaN", "'3,NaN' in door");
        bad("=1,2 3,4", "'' is no name");
        bad("a=1,2 3,4 a=1,2 3,4", "two zones named a");
    }

    private static void bad(String words, String message) {
        assertThatThrownBy(() -> Zone.parse(List.of(words)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static ZoneCounter counter(String words) {
        return new ZoneCounter(Zone.parse(List.of(words)).getFirst());
    }

    private static void walk(ZoneCounter counter, long track, int from, int to, double y) {
        int step = from < to ? 20 : -20;
        for (int x = from; step > 0 ? x <= to : x >= to; x += step) {
            counter.see(track, standing(x, y), 0);
        }
    }

    private static Box standing(double x, double y) {
        return new Box(x - 10, y - 40, x + 10, y);
    }
}
