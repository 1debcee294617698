/** Scales with OpenCV. Only adapters use OpenCV's types. */
@NullMarked
package io.framequota.media.scale.opencv;

import org.jspecify.annotations.NullMarked;
