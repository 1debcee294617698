/** The streams that a worker infers beside its chunks: packets as they arrive become results, or gaps, at once. */
@NullMarked
package io.framequota.inference.live;

import org.jspecify.annotations.NullMarked;
