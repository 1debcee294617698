/** Runs in a cluster: pods that burn, with quotas by in-place resize that each pod reads back itself. */
@NullMarked
package io.framequota.lab.kubernetes;

import org.jspecify.annotations.NullMarked;
