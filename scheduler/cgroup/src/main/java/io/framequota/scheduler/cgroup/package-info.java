/** Linux control groups, version 1 and 2, found at run time. */
@NullMarked
package io.framequota.scheduler.cgroup;

import org.jspecify.annotations.NullMarked;
