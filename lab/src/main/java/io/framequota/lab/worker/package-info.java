/**
 * Runs on real cores, wherever the workers are: the policy decides, shares come into force, workers burn. Where they are
 * started and how a share comes into force there is an adapter's ({@link io.framequota.lab.worker.WorkerBackend}).
 */
@NullMarked
package io.framequota.lab.worker;

import org.jspecify.annotations.NullMarked;
