/** The public API and the scheduler's Authority service over gRPC. */
@NullMarked
package io.framequota.ingest.api.grpc;

import org.jspecify.annotations.NullMarked;
