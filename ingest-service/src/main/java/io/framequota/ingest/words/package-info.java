/** What people read of failures and addresses. */
@NullMarked
package io.framequota.ingest.words;

import org.jspecify.annotations.NullMarked;
