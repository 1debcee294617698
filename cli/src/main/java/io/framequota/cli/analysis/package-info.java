/** Commands that read a result and need no system: tracks, zones and accuracy. */
@NullMarked
package io.framequota.cli.analysis;

import org.jspecify.annotations.NullMarked;
