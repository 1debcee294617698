/** Text files and file names in any encoding. */
@NullMarked
package io.framequota.common.text;

import org.jspecify.annotations.NullMarked;
