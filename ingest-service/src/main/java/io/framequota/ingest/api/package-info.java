/** The public REST and gRPC API; delegates to JobService. */
@NullMarked
package io.framequota.ingest.api;

import org.jspecify.annotations.NullMarked;
