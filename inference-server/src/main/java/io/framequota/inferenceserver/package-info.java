/** The embedded inference server, KServe v2 over gRPC: options, wiring, start and stop. */
@NullMarked
package io.framequota.inferenceserver;

import org.jspecify.annotations.NullMarked;
