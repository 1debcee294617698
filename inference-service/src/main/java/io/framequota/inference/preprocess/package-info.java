/** Writes the 8-bit pixels of frames into the input tensors of models. */
@NullMarked
package io.framequota.inference.preprocess;

import org.jspecify.annotations.NullMarked;
