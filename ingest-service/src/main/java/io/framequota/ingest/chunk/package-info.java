/** From a decoded picture to the pixels that a model asks for. */
@NullMarked
package io.framequota.ingest.chunk;

import org.jspecify.annotations.NullMarked;
