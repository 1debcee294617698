/** The command that measures what quotas do to a program. */
@NullMarked
package io.framequota.cli.quotalab;

import org.jspecify.annotations.NullMarked;
