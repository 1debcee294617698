/**
 * Runs on real cores: the policy decides, a backend enforces the shares, and burner workers use CPU time. Backends
 * implement {@link io.framequota.lab.worker.WorkerBackend}.
 */
@NullMarked
package io.framequota.lab.worker;

import org.jspecify.annotations.NullMarked;
