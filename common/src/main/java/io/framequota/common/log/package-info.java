/** What the services do not say in their logs. */
@NullMarked
package io.framequota.common.log;

import org.jspecify.annotations.NullMarked;
