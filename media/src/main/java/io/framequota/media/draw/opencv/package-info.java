/** Draws with OpenCV. Only adapters use OpenCV's types. */
@NullMarked
package io.framequota.media.draw.opencv;

import org.jspecify.annotations.NullMarked;
