package io.framequota.inference.model;

import java.util.List;

/**
 * A model as a worker uses it. Equal specs are fed and decoded alike.
 *
 * @param name of the model
 * @param input its one picture
 * @param outputs in the server's order
 * @param preprocessing how a frame becomes its picture
 * @param decoding how its outputs become detections
 * @param scoreThreshold detections below are left out
 * @param nmsIou detections of a class that overlap a better one by more are left out
 * @param labels class names by index, may be shorter than the model's classes
 * @param maxSide longest side of a native picture, 0 for no bound
 * @param instances that the server runs at once, 0 when it does not say
 */
public record ModelSpec(
        String name,
        PictureInput input,
        List<ModelTensor> outputs,
        Preprocessing preprocessing,
        OutputFormat decoding,
        float scoreThreshold,
        float nmsIou,
        List<String> labels,
        int maxSide,
        int instances) {
    public ModelSpec {
        outputs = List.copyOf(outputs);
        labels = List.copyOf(labels);
    }

    /** A class's name; its index as text where the model names none. */
    public String label(int classId) {
        return classId >= 0 && classId < labels.size() ? labels.get(classId) : Integer.toString(classId);
    }
}
