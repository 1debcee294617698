/** What runs a model: tensors in, tensors out. */
@NullMarked
package io.framequota.inferenceserver.backend;

import org.jspecify.annotations.NullMarked;
