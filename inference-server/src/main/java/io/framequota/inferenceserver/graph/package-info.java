/** Changes to ONNX graphs that keep what they compute: pictures in 8 bits, and the same work in fewer operators. */
@NullMarked
package io.framequota.inferenceserver.graph;

import org.jspecify.annotations.NullMarked;
