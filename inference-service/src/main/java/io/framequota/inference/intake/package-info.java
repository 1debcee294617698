/** The port frames come in by. */
@NullMarked
package io.framequota.inference.intake;

import org.jspecify.annotations.NullMarked;
