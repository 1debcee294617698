/** What CPU quotas do to any program: its speedup curve, the quota staircase, and processor time that spinning wastes. */
@NullMarked
package io.framequota.lab.quotalab;

import org.jspecify.annotations.NullMarked;
