/** What people read of failures and addresses. */
@NullMarked
package io.framequota.ingest.failure;

import org.jspecify.annotations.NullMarked;
