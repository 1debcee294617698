/** The scheduler as a part of a cluster: a Lease says who leads, a QuotaPolicy what policy decides. */
@NullMarked
package io.framequota.scheduler.controller.kubernetes;

import org.jspecify.annotations.NullMarked;
