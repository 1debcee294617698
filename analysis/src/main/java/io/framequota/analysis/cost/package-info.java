/** What computing costs. */
@NullMarked
package io.framequota.analysis.cost;

import org.jspecify.annotations.NullMarked;
