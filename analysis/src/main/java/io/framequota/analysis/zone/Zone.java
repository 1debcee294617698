package io.framequota.analysis.zone;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A polygon or, with two points, a counting line, in pixels of the source frame.
 *
 * @param points at least two; a polygon closes itself
 */
public record Zone(String name, List<Point> points) {
    private static final int MOST_POINTS = 1000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    /** A point in pixels. */
    public record Point(double x, double y) {}

    public Zone {
        points = List.copyOf(points);
    }

    /** Whether it is a line that objects cross, rather than an area that they are in. */
    public boolean isLine() {
        return points.size() == 2;
    }

    /**
     * Reads zones as a command line has them: {@code NAME=x,y} begins one, further {@code x,y} continue it. A word may hold
     * several, separated by spaces.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static List<Zone> parse(List<String> words) {
        List<Zone> zones = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String name = "";
        List<Point> points = new ArrayList<>();
        for (String word : words.stream()
                .flatMap(w -> List.of(w.trim().split("\\s+")).stream())
                .toList()) {
            int equals = word.indexOf('=');
            if (equals >= 0) {
                finish(zones, name, points);
                name = word.substring(0, equals);
                if (!NAME.matcher(name).matches()) {
                    throw new IllegalArgumentException(
                            "'" + name + "' is no name of a zone; use letters, digits, '.', '_' and '-', at most 64");
                }
                if (!names.add(name)) {
                    throw new IllegalArgumentException("there are two zones named " + name);
                }
                points = new ArrayList<>();
            } else if (name.isEmpty()) {
                throw new IllegalArgumentException("'" + word + "' is not NAME=x,y");
            }
            points.add(point(word.substring(equals + 1), name));
            if (points.size() > MOST_POINTS) {
                throw new IllegalArgumentException(name + " has more than " + MOST_POINTS + " points");
            }
        }
        finish(zones, name, points);
        return List.copyOf(zones);
    }

    private static void finish(List<Zone> zones, String name, List<Point> points) {
        if (name.isEmpty()) {
            return;
        }
        if (points.size() < 2) {
            throw new IllegalArgumentException(
                    name + " has one point; a line has two (NAME=x,y x,y), an area three or more");
        }
        zones.add(new Zone(name, points));
    }

    private static Point point(String text, String zone) {
        String[] numbers = text.split(",", -1);
        try {
            if (numbers.length == 2) {
                Point point = new Point(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
                if (Double.isFinite(point.x()) && Double.isFinite(point.y())) {
                    return point;
                }
            }
        } catch (NumberFormatException e) {
            // The error below covers this.
        }
        throw new IllegalArgumentException("'" + text + "' in " + zone + " is not x,y in pixels");
    }

    /** Whether a point is inside the polygon, by the even-odd rule. */
    public boolean contains(Point p) {
        boolean inside = false;
        for (int i = 0, j = points.size() - 1; i < points.size(); j = i++) {
            Point a = points.get(i);
            Point b = points.get(j);
            if (a.y() > p.y() != b.y() > p.y() && p.x() < (b.x() - a.x()) * (p.y() - a.y()) / (b.y() - a.y()) + a.x()) {
                inside = !inside;
            }
        }
        return inside;
    }

    /**
     * On which side of the line a point is, seen from the first to the second point in a picture whose y grows downwards: 1 on
     * the right, -1 on the left, 0 on the line.
     */
    public int side(Point p) {
        Point a = points.get(0);
        Point b = points.get(1);
        return (int) Math.signum((b.x() - a.x()) * (p.y() - a.y()) - (b.y() - a.y()) * (p.x() - a.x()));
    }

    /** The zone in the words that {@link #parse} reads. */
    public String text() {
        return name
                + points.stream()
                        .map(p -> BigDecimal.valueOf(p.x()).stripTrailingZeros().toPlainString() + ","
                                + BigDecimal.valueOf(p.y()).stripTrailingZeros().toPlainString())
                        .collect(Collectors.joining(" ", "=", ""));
    }

    /** Whether the way from one point to another meets the line between its two ends. */
    public boolean crossed(Point from, Point to) {
        Zone way = new Zone(name, List.of(from, to));
        int before = side(from);
        int after = side(to);
        return before != after && after != 0 && way.side(points.get(0)) != way.side(points.get(1));
    }
}
