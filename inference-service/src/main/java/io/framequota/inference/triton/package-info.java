/** The inference server as Triton speaks it: KServe v2 over gRPC, with system shared memory beside it. The only place that knows. */
@NullMarked
package io.framequota.inference.triton;

import org.jspecify.annotations.NullMarked;
