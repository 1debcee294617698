/**
 * The scheduler as a service: observe, decide, enforce. {@code observe} reads facts and reports, {@code decide} runs the event
 * loop that alone drives the dispatcher, {@code enforce} limits workers to their shares, {@code leadership} obtains the right to
 * decide. Ports are interfaces in these packages; adapters are in sub-packages named after their technology.
 */
@NullMarked
package io.framequota.scheduler.controller;

import org.jspecify.annotations.NullMarked;
