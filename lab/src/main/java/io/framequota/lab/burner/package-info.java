/**
 * The program of a worker process in an experiment: burns given amounts of work in a given number of threads. It uses the
 * JDK only and starts fast. Its package is not below the scheduler's, because a command line of a process names no module
 * but its own.
 */
@NullMarked
package io.framequota.lab.burner;

import org.jspecify.annotations.NullMarked;
