/** Loads OpenCV. */
@NullMarked
package io.framequota.media.opencv;

import org.jspecify.annotations.NullMarked;
