/** CPU quotas and weights of processes by Linux control groups, version 1 or 2, detected at run time. */
@NullMarked
package io.framequota.scheduler.cgroup;

import org.jspecify.annotations.NullMarked;
