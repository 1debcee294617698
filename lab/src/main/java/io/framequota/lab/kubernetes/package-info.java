/** Runs in a cluster with burner pods, whose quotas are set by in-place resize and read back by each pod. */
@NullMarked
package io.framequota.lab.kubernetes;

import org.jspecify.annotations.NullMarked;
