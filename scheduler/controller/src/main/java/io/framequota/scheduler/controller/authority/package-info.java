/** The authority over gRPC. */
@NullMarked
package io.framequota.scheduler.controller.authority;

import org.jspecify.annotations.NullMarked;
