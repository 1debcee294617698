/**
 * Places worker pods on the nodes of a cluster: reads nodes and pods, lets {@link io.framequota.scheduler.placement.Placer}
 * decide, and binds the pods. All lasting state is in the API server.
 */
@NullMarked
package io.framequota.scheduler.controller.placement.kubernetes;

import org.jspecify.annotations.NullMarked;
