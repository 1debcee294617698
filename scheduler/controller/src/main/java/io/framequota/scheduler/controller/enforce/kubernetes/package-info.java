/** Limits of workers in a cluster, whose pods are resized in place. */
@NullMarked
package io.framequota.scheduler.controller.enforce.kubernetes;

import org.jspecify.annotations.NullMarked;
