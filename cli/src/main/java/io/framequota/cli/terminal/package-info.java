/** What fq says to people and programs: output, errors, exit codes, numbers. */
@NullMarked
package io.framequota.cli.terminal;

import org.jspecify.annotations.NullMarked;
