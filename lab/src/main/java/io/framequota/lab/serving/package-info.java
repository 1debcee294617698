/** What theory says of ways of serving: requests on cores that the operating system shares equally among those that compute. */
@NullMarked
package io.framequota.lab.serving;

import org.jspecify.annotations.NullMarked;
