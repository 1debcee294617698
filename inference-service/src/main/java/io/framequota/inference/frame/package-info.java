/** A frame on its way to the model and back, whether a chunk or a stream brought it. */
@NullMarked
package io.framequota.inference.frame;

import org.jspecify.annotations.NullMarked;
