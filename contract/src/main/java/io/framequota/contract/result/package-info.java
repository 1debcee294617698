/** The lines of a result. */
@NullMarked
package io.framequota.contract.result;

import org.jspecify.annotations.NullMarked;
