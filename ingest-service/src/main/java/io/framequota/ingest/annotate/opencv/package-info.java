/** Drawing with OpenCV. No type of its leaves this package. */
@NullMarked
package io.framequota.ingest.annotate.opencv;

import org.jspecify.annotations.NullMarked;
