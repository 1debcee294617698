/** Conversion of 360° videos from one projection to another: the program behind {@code fq convert360}. */
@NullMarked
package io.framequota.media.convert;

import org.jspecify.annotations.NullMarked;
