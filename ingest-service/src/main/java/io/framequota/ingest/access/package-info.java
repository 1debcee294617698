/** Who calls this service and what he may do: API keys, roles, tenants, limits for each key, and the audit log. */
@NullMarked
package io.framequota.ingest.access;

import org.jspecify.annotations.NullMarked;
