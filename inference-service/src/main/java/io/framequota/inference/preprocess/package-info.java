/** From a frame's 8-bit pixels to a model's input tensor. */
@NullMarked
package io.framequota.inference.preprocess;

import org.jspecify.annotations.NullMarked;
