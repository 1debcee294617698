/** Reads experiment files; every mistake is one line that names file, line, field and what is allowed. */
@NullMarked
package io.framequota.lab.file;

import org.jspecify.annotations.NullMarked;
