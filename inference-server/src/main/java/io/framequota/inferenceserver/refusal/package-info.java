/** Why a request is refused, in the words of the protocol. */
@NullMarked
package io.framequota.inferenceserver.refusal;

import org.jspecify.annotations.NullMarked;
