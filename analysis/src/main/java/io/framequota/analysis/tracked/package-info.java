/** Results with tracks and zones. */
@NullMarked
package io.framequota.analysis.tracked;

import org.jspecify.annotations.NullMarked;
