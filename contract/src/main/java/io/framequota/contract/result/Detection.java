package io.framequota.contract.result;

/**
 * One object found in one frame.
 *
 * @param label class name
 * @param classId class index of the model
 * @param score 0 to 1
 * @param x1 left, in pixels of the source frame as displayed
 * @param y1 top
 * @param x2 right
 * @param y2 bottom
 */
public record Detection(String label, int classId, float score, float x1, float y1, float x2, float y2) {}
