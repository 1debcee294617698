/** Workers in a cluster: pods that are resized in place. */
@NullMarked
package io.framequota.scheduler.controller.enforce.kubernetes;

import org.jspecify.annotations.NullMarked;
