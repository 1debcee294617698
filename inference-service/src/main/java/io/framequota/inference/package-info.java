/** A worker: it takes grants, reads frames, has the inference server find objects in them and publishes the detections. */
@NullMarked
package io.framequota.inference;

import org.jspecify.annotations.NullMarked;
