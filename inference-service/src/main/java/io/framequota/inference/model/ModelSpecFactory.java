package io.framequota.inference.model;

import io.framequota.inference.model.Preprocessing.Colour;
import io.framequota.inference.model.Preprocessing.Fit;
import io.framequota.inference.model.Preprocessing.Range;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Derives a {@link ModelSpec} from what a server says, with defaults for what its configuration leaves open. */
public final class ModelSpecFactory {
    private static final float SCORE_THRESHOLD = 0.3f;
    private static final float NMS_IOU = 0.45f;
    /** No two boxes overlap by more than this: nothing is suppressed. */
    private static final float NO_NMS = 1;

    private static final int NATIVE_MAX_SIDE = 960;

    private final LabelFiles labelFiles;

    public ModelSpecFactory(LabelFiles labelFiles) {
        this.labelFiles = labelFiles;
    }

    /**
     * Derives the specification of a model. Defaults: without {@code framequota.preprocess}, a model that takes any size gets
     * native pictures and any other model letterboxed ones, BGR, 0-255; without {@code framequota.postprocess}, an output
     * [1,N,85] is YOLOX and any other output is raw.
     *
     * @throws IllegalArgumentException when the model does not take pictures; the message is one line with the reason
     */
    public ModelSpec of(ModelDescription model) {
        if (model.inputs().size() != 1) {
            throw new IllegalArgumentException("the model has " + model.inputs().size()
                    + " inputs; workers support models with one input, a picture");
        }
        PictureInput input = PictureInput.of(model.inputs().getFirst());
        Map<String, String> parameters = model.parameters();
        Preprocessing preprocessing = preprocessing(parameters.get("framequota.preprocess"), input);
        if (preprocessing.fit() == Fit.LETTERBOX) {
            input = input.withMultiple((int) number(parameters, "framequota.smaller_pictures", 0));
        }
        if (preprocessing.fit() != Fit.NATIVE && input.anySize()) {
            throw new IllegalArgumentException(
                    "framequota.preprocess fits pictures into an input, but the input takes any size "
                            + input.tensor().shape() + "; set it to native,...");
        }
        String postprocess = parameters.get("framequota.postprocess");
        OutputFormat outputFormat = postprocess == null ? guess(model.outputs()) : OutputFormat.parse(postprocess);
        return new ModelSpec(
                model.name(),
                input,
                model.outputs(),
                preprocessing,
                outputFormat,
                number(parameters, "framequota.score_threshold", SCORE_THRESHOLD),
                number(parameters, "framequota.nms_iou", outputFormat.suppressed() ? NO_NMS : NMS_IOU),
                labels(model, parameters.get("framequota.labels")),
                maxSide(parameters, preprocessing.fit()),
                model.instances());
    }

    private static Preprocessing preprocessing(@Nullable String text, PictureInput input) {
        if (text != null) {
            return Preprocessing.parse(text);
        }
        Colour colour = input.channels() == 1 ? Colour.GRAY : Colour.BGR;
        return new Preprocessing(input.anySize() ? Fit.NATIVE : Fit.LETTERBOX, colour, Range.BYTE);
    }

    private static OutputFormat guess(List<ModelTensor> outputs) {
        if (outputs.size() == 1 && outputs.getFirst().type().isFloat()) {
            List<Long> shape = outputs.getFirst().shape();
            if (shape.size() == 3 && shape.getLast() == 85) {
                return OutputFormat.YOLOX;
            }
        }
        return OutputFormat.RAW;
    }

    private List<String> labels(ModelDescription model, @Nullable String list) {
        List<String> fromFile =
                model.labelFile() == null ? List.of() : labelFiles.read(model.name(), model.labelFile());
        if (!fromFile.isEmpty() || list == null) {
            return fromFile;
        }
        return List.of(list.split(",")).stream().map(String::strip).toList();
    }

    private static int maxSide(Map<String, String> parameters, Fit fit) {
        return fit == Fit.NATIVE ? (int) number(parameters, "framequota.max_side", NATIVE_MAX_SIDE) : 0;
    }

    private static float number(Map<String, String> parameters, String name, float otherwise) {
        String text = parameters.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            return Float.parseFloat(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + text + "', not a number", e);
        }
    }
}
