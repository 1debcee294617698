/** Scaling of decoded pictures to the size that a model takes. */
@NullMarked
package io.framequota.ingest.scale;

import org.jspecify.annotations.NullMarked;
