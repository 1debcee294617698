/** Access control: tokens between the system's own processes, and the check of HTTP callers. */
@NullMarked
package io.framequota.common.access;

import org.jspecify.annotations.NullMarked;
