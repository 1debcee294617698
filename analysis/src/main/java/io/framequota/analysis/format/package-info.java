/** Results in the formats that other programs read. */
@NullMarked
package io.framequota.analysis.format;

import org.jspecify.annotations.NullMarked;
