/** Compute time of a device, divided among jobs: the bucket of each job. Uses the JDK only, because the simulator runs it too. */
@NullMarked
package io.framequota.common.compute;

import org.jspecify.annotations.NullMarked;
