/** Runs on this machine: worker processes that compute, under quotas or weights that the kernel keeps, or as they are. */
@NullMarked
package io.framequota.lab.local;

import org.jspecify.annotations.NullMarked;
