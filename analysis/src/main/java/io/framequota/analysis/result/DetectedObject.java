package io.framequota.analysis.result;

import java.util.OptionalLong;

/**
 * An object in a frame.
 *
 * @param label class name
 * @param score 0 to 1
 * @param track number of its track, empty if the result has no tracks
 */
public record DetectedObject(String label, double score, Box box, OptionalLong track) {}
