/** Filters for the logs of the services. */
@NullMarked
package io.framequota.common.log;

import org.jspecify.annotations.NullMarked;
