/** Commands about jobs of a running system. */
@NullMarked
package io.framequota.cli.jobs;

import org.jspecify.annotations.NullMarked;
