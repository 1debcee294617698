/** Commands about policies and models of a running system. */
@NullMarked
package io.framequota.cli.policy;

import org.jspecify.annotations.NullMarked;
