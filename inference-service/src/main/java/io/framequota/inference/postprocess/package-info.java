/** Turns the output tensors of models into detections in source pixels. */
@NullMarked
package io.framequota.inference.postprocess;

import org.jspecify.annotations.NullMarked;
