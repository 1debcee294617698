/** Models with an 8-bit input. */
@NullMarked
package io.framequota.inferenceserver.prepare;

import org.jspecify.annotations.NullMarked;
