/** Obtains leadership, by an election and from the authority that owns jobs and epochs. */
@NullMarked
package io.framequota.scheduler.controller.leadership;

import org.jspecify.annotations.NullMarked;
