/** The public door: REST and gRPC, thin over the job service. */
@NullMarked
package io.framequota.ingest.api;

import org.jspecify.annotations.NullMarked;
