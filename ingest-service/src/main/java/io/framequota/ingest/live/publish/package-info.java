/** Where annotated streams go: over RTMP to an address, and as HLS to clients of this service. */
@NullMarked
package io.framequota.ingest.live.publish;

import org.jspecify.annotations.NullMarked;
