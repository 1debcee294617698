/** Runs models with ONNX Runtime. */
@NullMarked
package io.framequota.inferenceserver.backend.onnx;

import org.jspecify.annotations.NullMarked;
