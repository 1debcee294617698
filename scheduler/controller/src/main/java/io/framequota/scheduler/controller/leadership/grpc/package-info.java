/** The authority over gRPC. */
@NullMarked
package io.framequota.scheduler.controller.leadership.grpc;

import org.jspecify.annotations.NullMarked;
