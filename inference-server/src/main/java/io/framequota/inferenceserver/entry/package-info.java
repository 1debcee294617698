/** Describes ONNX files and makes entries of a model repository from them. */
@NullMarked
package io.framequota.inferenceserver.entry;

import org.jspecify.annotations.NullMarked;
