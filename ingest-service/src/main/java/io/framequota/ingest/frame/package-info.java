/** From a decoded picture to the pixels that a model asks for. */
@NullMarked
package io.framequota.ingest.frame;

import org.jspecify.annotations.NullMarked;
