/** Limits of containers in a cluster. Needs a Kubernetes client, which whoever uses it brings. */
@NullMarked
package io.framequota.scheduler.cgroup.kubernetes;

import org.jspecify.annotations.NullMarked;
