/** Executions of a model: a bounded queue, a fixed number at once, counted. */
@NullMarked
package io.framequota.inferenceserver.execution;

import org.jspecify.annotations.NullMarked;
