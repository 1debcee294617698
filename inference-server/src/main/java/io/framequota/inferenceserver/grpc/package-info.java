/** The gRPC services: KServe v2 (GRPCInferenceService) and Compute. */
@NullMarked
package io.framequota.inferenceserver.grpc;

import org.jspecify.annotations.NullMarked;
