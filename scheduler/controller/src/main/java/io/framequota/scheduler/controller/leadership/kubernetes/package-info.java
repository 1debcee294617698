/** Leader election by a Kubernetes Lease. */
@NullMarked
package io.framequota.scheduler.controller.leadership.kubernetes;

import org.jspecify.annotations.NullMarked;
