/** How the system's own processes know one another. */
@NullMarked
package io.framequota.common.access;

import org.jspecify.annotations.NullMarked;
