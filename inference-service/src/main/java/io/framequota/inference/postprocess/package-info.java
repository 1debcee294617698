/** From a model's output tensors to detections in source pixels. */
@NullMarked
package io.framequota.inference.postprocess;

import org.jspecify.annotations.NullMarked;
