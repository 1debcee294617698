/** The stages that a chunk passes through and the bounded queues between them. {@link io.framequota.inference.pipeline.Pipeline} wires them. */
@NullMarked
package io.framequota.inference.pipeline;

import org.jspecify.annotations.NullMarked;
