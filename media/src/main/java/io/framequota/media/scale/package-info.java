/** Scaling of decoded pictures to the size that a model takes. */
@NullMarked
package io.framequota.media.scale;

import org.jspecify.annotations.NullMarked;
