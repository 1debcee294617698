/** Commands that start, stop and show systems on this machine. */
@NullMarked
package io.framequota.cli.serve;

import org.jspecify.annotations.NullMarked;
