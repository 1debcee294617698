/**
 * Observe, decide, enforce: facts from Kafka and the authority go to one event loop, which alone drives the dispatcher, and
 * its commands go out. Ports are here, adapters in {@code .kafka} and {@code .authority}.
 */
@NullMarked
package io.framequota.scheduler.controller;

import org.jspecify.annotations.NullMarked;
