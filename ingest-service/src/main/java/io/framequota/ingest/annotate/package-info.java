/** A video with what was found in it drawn on. */
@NullMarked
package io.framequota.ingest.annotate;

import org.jspecify.annotations.NullMarked;
