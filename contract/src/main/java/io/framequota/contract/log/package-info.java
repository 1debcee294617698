/** What the services do not say in their logs. */
@NullMarked
package io.framequota.contract.log;

import org.jspecify.annotations.NullMarked;
