/** The policies that Framequota ships, offered by {@link io.framequota.scheduler.policy.builtin.BuiltInPolicies}. */
@NullMarked
package io.framequota.scheduler.policy.builtin;

import org.jspecify.annotations.NullMarked;
