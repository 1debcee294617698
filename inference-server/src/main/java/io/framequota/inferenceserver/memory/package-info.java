/** The shared memory that clients registered. */
@NullMarked
package io.framequota.inferenceserver.memory;

import org.jspecify.annotations.NullMarked;
