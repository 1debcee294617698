/** Files of an experiment's report: HTML, JSON, CSV. */
@NullMarked
package io.framequota.lab.report;

import org.jspecify.annotations.NullMarked;
