/** How the system's own processes know one another. */
@NullMarked
package io.framequota.contract.access;

import org.jspecify.annotations.NullMarked;
