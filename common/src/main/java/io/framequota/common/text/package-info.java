/** Text files as people's programs write them. */
@NullMarked
package io.framequota.common.text;

import org.jspecify.annotations.NullMarked;
