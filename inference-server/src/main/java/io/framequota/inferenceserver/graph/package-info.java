/** Changes ONNX graphs without changing what they compute: 8-bit pictures and fewer operators. */
@NullMarked
package io.framequota.inferenceserver.graph;

import org.jspecify.annotations.NullMarked;
