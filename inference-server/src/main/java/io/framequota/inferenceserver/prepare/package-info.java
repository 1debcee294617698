/** The command behind {@code fq model prepare}: models with an 8-bit picture input. */
@NullMarked
package io.framequota.inferenceserver.prepare;

import org.jspecify.annotations.NullMarked;
