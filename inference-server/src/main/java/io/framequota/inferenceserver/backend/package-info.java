/** What runs a model, seen from the server: tensors in, tensors out. */
@NullMarked
package io.framequota.inferenceserver.backend;

import org.jspecify.annotations.NullMarked;
