package io.framequota.analysis.zone;

import io.framequota.analysis.result.Box;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts tracks in one zone. An object is where the middle of its box's lower edge is, where it stands. For one thread.
 *
 * <p>For an area, {@code in} counts a track each time it is inside after it was outside, or when it begins inside; {@code out}
 * counts when it is outside after it was inside. Time inside goes from one frame to the next in which the track is inside both
 * times. For a line, {@code in} counts crossings from the left side to the right side, seen from the first point to the second;
 * {@code out} counts the others.
 *
 * <p>In an unrolled 360° picture the left and right edges are the same place. In one of faces the way from one face to another is
 * unknown: it crosses no line.
 */
public final class ZoneCounter {
    private final Zone zone;
    private final Map<Long, State> tracks = new HashMap<>();
    private final Set<Long> visitors = new HashSet<>();
    private int in;
    private int out;
    private double insideMs;

    private record State(Zone.Point at, double ptsMs, boolean inside, int side) {}

    public ZoneCounter(Zone zone) {
        this.zone = zone;
    }

    public Zone zone() {
        return zone;
    }

    /** Takes the next sight of a track in an ordinary picture. */
    public boolean see(long track, Box box, double ptsMs) {
        return see(track, box, ptsMs, PictureEdges.NONE);
    }

    /**
     * Takes the next sight of a track.
     *
     * @return whether it is in the area now; false for a line
     */
    public boolean see(long track, Box box, double ptsMs, PictureEdges edges) {
        Zone.Point at = edges.inside(new Zone.Point((box.x1() + box.x2()) / 2, box.y2()));
        State before = tracks.get(track);
        if (zone.isLine()) {
            line(track, at, ptsMs, before, edges);
            return false;
        }
        boolean inside = zone.contains(at);
        if (inside && (before == null || !before.inside())) {
            in++;
            visitors.add(track);
        } else if (!inside && before != null && before.inside()) {
            out++;
        } else if (inside && before != null) {
            insideMs += Math.max(0, ptsMs - before.ptsMs());
        }
        tracks.put(track, new State(at, ptsMs, inside, 0));
        return inside;
    }

    private void line(long track, Zone.Point at, double ptsMs, @Nullable State before, PictureEdges edges) {
        int side = zone.side(at);
        if (before == null) {
            tracks.put(track, new State(at, ptsMs, false, side));
            return;
        }
        if (side == 0) {
            // On the line: on which side it goes on decides.
            return;
        }
        for (PictureEdges.Way way : edges.ways(before.at(), at)) {
            int from = zone.side(way.from());
            int to = zone.side(way.to());
            if (from != 0 && to != 0 && from != to && zone.crossed(way.from(), way.to())) {
                visitors.add(track);
                if (to > 0) {
                    in++;
                } else {
                    out++;
                }
                break;
            }
        }
        tracks.put(track, new State(at, ptsMs, false, side));
    }

    public int in() {
        return in;
    }

    public int out() {
        return out;
    }

    /** Different tracks that were in the area or crossed the line. */
    public int tracks() {
        return visitors.size();
    }

    /** Seconds inside, summed over tracks; 0 for a line. */
    public double insideSeconds() {
        return insideMs / 1000;
    }
}
