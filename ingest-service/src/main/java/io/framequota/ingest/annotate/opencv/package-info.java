/** Draws with OpenCV. Only adapters use OpenCV's types. */
@NullMarked
package io.framequota.ingest.annotate.opencv;

import org.jspecify.annotations.NullMarked;
