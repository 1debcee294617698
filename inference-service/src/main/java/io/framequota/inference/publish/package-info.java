/** The ports results and dead letters leave by. */
@NullMarked
package io.framequota.inference.publish;

import org.jspecify.annotations.NullMarked;
