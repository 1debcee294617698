package io.framequota.inference.postprocess;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.result.Detection;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.model.OutputTensor;
import java.util.ArrayList;
import java.util.List;

/** Turns a model's outputs into detections in pixels of the source picture. Stateless and safe for use by several threads. */
public final class Postprocessor {

    /**
     * The detections of a frame: those that reach the model's threshold, suppressed per class, clipped to the source picture,
     * best first. The outputs of a {@code raw} model are ignored, so its frames have no detections.
     *
     * @throws IllegalArgumentException when the outputs do not have the model's format
     */
    public List<Detection> detections(ModelSpec model, InputSize size, FrameMeta frame, List<OutputTensor> outputs) {
        if (model.outputFormat() == OutputFormat.RAW) {
            return List.of();
        }
        CandidateBoxes found = new CandidateBoxes();
        reader(model.outputFormat()).read(outputs, size.width(), size.height(), model.scoreThreshold(), found);
        if (found.size() == 0) {
            return List.of();
        }
        List<Detection> detections = new ArrayList<>();
        for (int i : NonMaximumSuppression.keep(found, model.nmsIou())) {
            float x1 = clip((found.x1(i) - frame.offsetX()) / frame.scaleX(), frame.sourceWidth());
            float y1 = clip((found.y1(i) - frame.offsetY()) / frame.scaleY(), frame.sourceHeight());
            float x2 = clip((found.x2(i) - frame.offsetX()) / frame.scaleX(), frame.sourceWidth());
            float y2 = clip((found.y2(i) - frame.offsetY()) / frame.scaleY(), frame.sourceHeight());
            // A box that lies in the padding has no area in the source picture.
            if (x2 > x1 && y2 > y1) {
                int classId = found.classId(i);
                float score = Math.min(1f, found.score(i));
                detections.add(new Detection(model.label(classId), classId, score, x1, y1, x2, y2));
            }
        }
        return detections;
    }

    private static OutputReader reader(OutputFormat outputFormat) {
        return switch (outputFormat) {
            case YOLOX -> new YoloxReader();
            case YOLOV5 -> new Yolov5Reader();
            case YOLOV8 -> new Yolov8Reader();
            case SSD -> new SsdReader();
            case RT_DETR -> new RtDetrReader();
            case CLASSIFIER -> new ClassifierReader();
            case END_TO_END, HOG, CASCADE -> new EndToEndReader(outputFormat.text());
            case RAW -> throw new IllegalStateException("raw outputs are not read");
        };
    }

    private static float clip(double value, int limit) {
        return (float) Math.clamp(value, 0, limit);
    }
}
