package io.framequota.analysis.evaluate;

import io.framequota.analysis.result.Box;
import java.util.OptionalLong;

/**
 * An annotated object.
 *
 * @param label class name
 * @param track which object it is over time, empty if the truth does not say
 * @param ignored whether finding it is neither right nor wrong, as for COCO's crowds
 */
public record TruthObject(String label, Box box, OptionalLong track, boolean ignored) {}
