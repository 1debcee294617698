/** Result files as they are read for analysis: lines, boxes, errors that name the line. */
@NullMarked
package io.framequota.analysis.result;

import org.jspecify.annotations.NullMarked;
