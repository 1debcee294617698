/** Cuts a decoded source into chunks of scaled frames and writes them to the frames topic. */
@NullMarked
package io.framequota.ingest.chunk;

import org.jspecify.annotations.NullMarked;
