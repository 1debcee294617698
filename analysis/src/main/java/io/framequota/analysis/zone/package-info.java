/** Zones and counting lines: who went in and out, and for how long. */
@NullMarked
package io.framequota.analysis.zone;

import org.jspecify.annotations.NullMarked;
