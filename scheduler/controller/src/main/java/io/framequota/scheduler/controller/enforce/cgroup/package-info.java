/** Workers on this machine, in control groups that whoever started them has made. */
@NullMarked
package io.framequota.scheduler.controller.enforce.cgroup;

import org.jspecify.annotations.NullMarked;
