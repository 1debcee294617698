/** The job labels that have a meaning. */
@NullMarked
package io.framequota.contract.label;

import org.jspecify.annotations.NullMarked;
