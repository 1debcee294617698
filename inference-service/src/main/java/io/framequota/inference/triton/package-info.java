/**
 * The connection to the inference server, which may be any server with Triton's protocol: KServe v2 over gRPC, with system
 * shared memory on the same machine. No other package knows the protocol.
 */
@NullMarked
package io.framequota.inference.triton;

import org.jspecify.annotations.NullMarked;
