package io.framequota.analysis.evaluate;

import io.framequota.analysis.result.Box;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * An annotated object.
 *
 * @param label class name
 * @param track which object it is over time, empty if the truth does not say
 * @param ignored whether finding it is neither right nor wrong, as for COCO's crowds
 * @param distance from the camera in metres, empty if the truth does not say; of the middle if it is from tracklets, of the visible
 *     side if it is from a result
 * @param occlusion how much other objects hide of it
 */
public record TruthObject(
        String label, Box box, OptionalLong track, boolean ignored, OptionalDouble distance, Occlusion occlusion) {
    /** How much other objects hide of an object, in KITTI's steps. */
    public enum Occlusion {
        VISIBLE,
        PARTLY,
        LARGELY,
        UNKNOWN
    }

    /** An object at an unknown distance. */
    public TruthObject(String label, Box box, OptionalLong track, boolean ignored) {
        this(label, box, track, ignored, OptionalDouble.empty(), Occlusion.UNKNOWN);
    }
}
