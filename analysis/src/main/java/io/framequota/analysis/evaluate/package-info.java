/** Accuracy of a result against a truth. */
@NullMarked
package io.framequota.analysis.evaluate;

import org.jspecify.annotations.NullMarked;
