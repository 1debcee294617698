package io.framequota.inference.model;

import java.util.List;

/**
 * How a worker uses a model. Workers treat models with equal specifications alike.
 *
 * @param input the picture
 * @param outputs in the server's order
 * @param preprocessing how a frame becomes the picture
 * @param outputFormat how the outputs become detections
 * @param scoreThreshold detections with a lower score are dropped
 * @param nmsIou a detection is dropped when it overlaps a better one of its class by more than this
 * @param labels class names by index; may be shorter than the number of classes
 * @param maxSide longest side of a {@code native} picture, 0 for no limit
 * @param instances concurrent executions, 0 when unknown
 */
public record ModelSpec(
        String name,
        PictureInput input,
        List<ModelTensor> outputs,
        Preprocessing preprocessing,
        OutputFormat outputFormat,
        float scoreThreshold,
        float nmsIou,
        List<String> labels,
        int maxSide,
        int instances) {
    public ModelSpec {
        outputs = List.copyOf(outputs);
        labels = List.copyOf(labels);
    }

    /** The name of a class; its index as text when the model has no name for it. */
    public String label(int classId) {
        return classId >= 0 && classId < labels.size() ? labels.get(classId) : Integer.toString(classId);
    }
}
