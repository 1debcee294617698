/** Why requests are refused, in the terms of the protocol. */
@NullMarked
package io.framequota.inferenceserver.refusal;

import org.jspecify.annotations.NullMarked;
