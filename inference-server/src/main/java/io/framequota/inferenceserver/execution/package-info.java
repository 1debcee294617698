/** Runs requests: a bounded queue, a fixed number of concurrent runs, and counters. */
@NullMarked
package io.framequota.inferenceserver.execution;

import org.jspecify.annotations.NullMarked;
