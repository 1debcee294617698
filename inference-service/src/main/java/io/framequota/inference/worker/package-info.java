/** The grants that a worker holds: states, transitions and the one thread that owns them. */
@NullMarked
package io.framequota.inference.worker;

import org.jspecify.annotations.NullMarked;
