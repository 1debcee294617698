/**
 * Makes millicores true on one machine: groups of processes with a quota or a weight, the order and pace in which quotas
 * are written, and what the kernel counted. Adapters are in sub-packages named after their technology. Quotas are whole
 * millicores, multiples of 10 and at least 10: whoever calls has rounded.
 */
@NullMarked
package io.framequota.scheduler.enforce;

import org.jspecify.annotations.NullMarked;
