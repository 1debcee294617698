/** Scaling with OpenCV. No type of its leaves this package. */
@NullMarked
package io.framequota.ingest.scale.opencv;

import org.jspecify.annotations.NullMarked;
