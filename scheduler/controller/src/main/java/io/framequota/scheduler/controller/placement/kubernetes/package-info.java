/**
 * Placement of worker pods on a Kubernetes cluster: reads nodes and pods, has {@link io.framequota.scheduler.placement.Placer}
 * decide, and binds. Remembers nothing that the API server does not know.
 */
@NullMarked
package io.framequota.scheduler.controller.placement.kubernetes;

import org.jspecify.annotations.NullMarked;
