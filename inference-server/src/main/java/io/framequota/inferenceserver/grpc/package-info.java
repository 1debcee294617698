/** The protocol: GRPCInferenceService. */
@NullMarked
package io.framequota.inferenceserver.grpc;

import org.jspecify.annotations.NullMarked;
