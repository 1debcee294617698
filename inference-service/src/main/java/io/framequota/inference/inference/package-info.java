/** The port to an inference server: slots to fill, answers to read. */
@NullMarked
package io.framequota.inference.inference;

import org.jspecify.annotations.NullMarked;
