package io.framequota.media.draw.opencv;

import java.util.List;

/**
 * A line or an area that is drawn.
 *
 * @param corners two of a line, or three or more of an area, in pixels of the picture
 */
public record ZoneOutline(String name, List<Corner> corners) {
    /** A point in pixels. */
    public record Corner(double x, double y) {}

    public ZoneOutline {
        corners = List.copyOf(corners);
    }
}
