package io.framequota.inferenceserver.backend;

import io.framequota.contract.kserve.ModelConfig;
import java.util.List;

/**
 * The parameter {@value #PARAMETER} of a configuration. It says that a model takes pictures smaller than its configured size
 * when their height and width are multiples of a number of pixels. Workers read the number; "0" in a config.pbtxt asks for full
 * pictures only.
 */
public final class SmallerPicturesParameter {
    public static final String PARAMETER = "framequota.smaller_pictures";

    private SmallerPicturesParameter() {}

    /** The number of pixels, 0 for a model that takes full pictures only. */
    public static int multiple(ModelConfig config) {
        try {
            return Integer.parseInt(ModelParameters.text(config, PARAMETER).strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Whether the shape [.., height, width, channels] is that of a smaller picture. The batch of {@code full} may be open. */
    public static boolean smaller(List<Long> shape, List<Long> full, int multiple) {
        int sides = full.size() - 3;
        if (multiple <= 0 || sides < 0 || shape.size() != full.size()) {
            return false;
        }
        for (int i = 0; i < full.size(); i++) {
            long dim = shape.get(i);
            boolean side = i == sides || i == sides + 1;
            boolean open = full.get(i) < 0;
            if (side ? dim < 1 || dim > full.get(i) || dim % multiple != 0 : !open && dim != full.get(i)) {
                return false;
            }
        }
        return true;
    }
}
