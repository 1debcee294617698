/** How a process reads its own Linux control group, version 1 or 2: its CPU limit and its CPU counters. Nothing here writes. */
@NullMarked
package io.framequota.common.cgroup;

import org.jspecify.annotations.NullMarked;
