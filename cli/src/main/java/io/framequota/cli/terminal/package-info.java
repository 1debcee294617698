/** Output of fq for people and programs. */
@NullMarked
package io.framequota.cli.terminal;

import org.jspecify.annotations.NullMarked;
