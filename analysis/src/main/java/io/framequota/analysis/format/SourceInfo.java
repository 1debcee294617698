package io.framequota.analysis.format;

import io.framequota.analysis.result.ResultFrame;

/**
 * What formats say of a result's source.
 *
 * @param name as the user named it
 * @param width of the first frame as displayed, 0 when unknown
 * @param height of the first frame as displayed, 0 when unknown
 */
public record SourceInfo(String name, int width, int height) {
    /** Width of a frame: a line states it only where it differs from that of the first frame. */
    int widthOf(ResultFrame frame) {
        int own = frame.json().path("width").asInt();
        return own > 0 ? own : width;
    }

    int heightOf(ResultFrame frame) {
        int own = frame.json().path("height").asInt();
        return own > 0 ? own : height;
    }

    /** The last part of the name, without its suffix. */
    String stem() {
        String last = name.replaceAll("[?#].*$", "").replaceAll("/+$", "");
        last = last.substring(last.lastIndexOf('/') + 1);
        int dot = last.lastIndexOf('.');
        String stem = (dot > 0 ? last.substring(0, dot) : last).replaceAll("[^A-Za-z0-9._-]", "_");
        return stem.isEmpty() ? "source" : stem;
    }
}
