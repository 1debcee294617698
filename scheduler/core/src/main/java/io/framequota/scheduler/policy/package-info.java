/**
 * What a policy is: a pure function from a snapshot of jobs to an allocation of millicores. A contributor implements
 * {@link io.framequota.scheduler.policy.Policy} and {@link io.framequota.scheduler.policy.PolicyProvider}; the helpers
 * are {@link io.framequota.scheduler.policy.JobOrders} and {@link io.framequota.scheduler.policy.WaterFilling}.
 */
@NullMarked
package io.framequota.scheduler.policy;

import org.jspecify.annotations.NullMarked;
