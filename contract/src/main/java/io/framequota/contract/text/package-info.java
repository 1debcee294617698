/** Text files as people's programs write them. */
@NullMarked
package io.framequota.contract.text;

import org.jspecify.annotations.NullMarked;
