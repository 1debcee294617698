/** Failures that end a command with one line and an exit code. */
@NullMarked
package io.framequota.common.failure;

import org.jspecify.annotations.NullMarked;
