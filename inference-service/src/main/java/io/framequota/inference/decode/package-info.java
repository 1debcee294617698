/** Decodes a chunk's packets to the frames that they announce. */
@NullMarked
package io.framequota.inference.decode;

import org.jspecify.annotations.NullMarked;
