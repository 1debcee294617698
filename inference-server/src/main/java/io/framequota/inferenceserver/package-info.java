/** The embedded KServe v2 inference server: options, wiring, life. */
@NullMarked
package io.framequota.inferenceserver;

import org.jspecify.annotations.NullMarked;
