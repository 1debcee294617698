/** The whole system on one machine: its processes, ports and data folder, and who watches them. */
@NullMarked
package io.framequota.local;

import org.jspecify.annotations.NullMarked;
