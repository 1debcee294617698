/** Geometry of 360° pictures: where a direction lies in a picture, views of a part of the sphere, boxes in degrees. No native code. */
@NullMarked
package io.framequota.media.spherical;

import org.jspecify.annotations.NullMarked;
