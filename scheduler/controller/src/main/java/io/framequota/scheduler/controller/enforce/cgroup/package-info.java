/** Limits of workers on this machine, in control groups that the process which started them created. */
@NullMarked
package io.framequota.scheduler.controller.enforce.cgroup;

import org.jspecify.annotations.NullMarked;
