/** Scaling with OpenCV. No type of its leaves this package. */
@NullMarked
package io.framequota.ingest.frame.opencv;

import org.jspecify.annotations.NullMarked;
