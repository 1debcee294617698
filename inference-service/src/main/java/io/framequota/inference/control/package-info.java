/** Which grants a worker holds: states, transitions and the one thread that owns them. */
@NullMarked
package io.framequota.inference.control;

import org.jspecify.annotations.NullMarked;
