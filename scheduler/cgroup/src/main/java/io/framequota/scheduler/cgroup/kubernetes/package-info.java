/**
 * CPU requests and limits of containers in a cluster. The module that uses this package must depend on the Kubernetes
 * client.
 */
@NullMarked
package io.framequota.scheduler.cgroup.kubernetes;

import org.jspecify.annotations.NullMarked;
