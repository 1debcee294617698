/** The stages a chunk goes through, with the bounded queues between them. */
@NullMarked
package io.framequota.inference.pipeline;

import org.jspecify.annotations.NullMarked;
