/**
 * How an allocation becomes true: what each worker may use is observed, quotas are decided, and a home's limits are
 * written, on a thread of its own. Adapters are in sub-packages named after their technology.
 */
@NullMarked
package io.framequota.scheduler.controller.enforce;

import org.jspecify.annotations.NullMarked;
