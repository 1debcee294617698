/** Draws detections on their video. */
@NullMarked
package io.framequota.ingest.annotate;

import org.jspecify.annotations.NullMarked;
