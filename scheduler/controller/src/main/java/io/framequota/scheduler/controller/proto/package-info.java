/** Mapping between domain values and protobuf messages. */
@NullMarked
package io.framequota.scheduler.controller.proto;

import org.jspecify.annotations.NullMarked;
