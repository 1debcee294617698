/** Receives streams that are pushed over RTMP. */
@NullMarked
package io.framequota.ingest.live.rtmp;

import org.jspecify.annotations.NullMarked;
