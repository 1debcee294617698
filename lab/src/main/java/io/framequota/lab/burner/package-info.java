/**
 * The program of an experiment's worker processes, which uses CPU time in a given number of threads. It depends only on the
 * JDK and {@code common}, and starts fast. Its package has no service's name, because the command line of a process names
 * no service but its own.
 */
@NullMarked
package io.framequota.lab.burner;

import org.jspecify.annotations.NullMarked;
