/** What an experiment leaves behind: a page to look at, an object for programs, a table. */
@NullMarked
package io.framequota.lab.report;

import org.jspecify.annotations.NullMarked;
