/** How long it takes from a stream's packets to what is made of them. */
@NullMarked
package io.framequota.ingest.live.latency;

import org.jspecify.annotations.NullMarked;
