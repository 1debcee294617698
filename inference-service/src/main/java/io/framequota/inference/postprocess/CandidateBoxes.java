package io.framequota.inference.postprocess;

import java.util.Arrays;

/** Boxes in the model's picture before suppression, in arrays of primitives: a frame may have thousands of them. */
final class CandidateBoxes {
    private static final int COLUMNS = 5;

    private float[] values = new float[32 * COLUMNS];
    private int[] classes = new int[32];
    private int size;

    void add(int classId, float score, float x1, float y1, float x2, float y2) {
        if (size == classes.length) {
            values = Arrays.copyOf(values, 2 * values.length);
            classes = Arrays.copyOf(classes, 2 * classes.length);
        }
        int at = size * COLUMNS;
        values[at] = score;
        values[at + 1] = x1;
        values[at + 2] = y1;
        values[at + 3] = x2;
        values[at + 4] = y2;
        classes[size++] = classId;
    }

    /** Adds a box that is given by its centre and size. */
    void addCentred(int classId, float score, float x, float y, float width, float height) {
        add(classId, score, x - width / 2, y - height / 2, x + width / 2, y + height / 2);
    }

    int size() {
        return size;
    }

    int classId(int i) {
        return classes[i];
    }

    float score(int i) {
        return values[i * COLUMNS];
    }

    float x1(int i) {
        return values[i * COLUMNS + 1];
    }

    float y1(int i) {
        return values[i * COLUMNS + 2];
    }

    float x2(int i) {
        return values[i * COLUMNS + 3];
    }

    float y2(int i) {
        return values[i * COLUMNS + 4];
    }

    /** Intersection over union of two boxes; 0 when they do not intersect. */
    float iou(int a, int b) {
        float width = Math.min(x2(a), x2(b)) - Math.max(x1(a), x1(b));
        float height = Math.min(y2(a), y2(b)) - Math.max(y1(a), y1(b));
        if (width <= 0 || height <= 0) {
            return 0;
        }
        float both = width * height;
        return both / (area(a) + area(b) - both);
    }

    private float area(int i) {
        return (x2(i) - x1(i)) * (y2(i) - y1(i));
    }
}
