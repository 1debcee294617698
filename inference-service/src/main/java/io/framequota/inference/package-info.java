/** A worker: takes grants, reads frames, has its inference server find things in them, publishes the detections. */
@NullMarked
package io.framequota.inference;

import org.jspecify.annotations.NullMarked;
