package io.framequota.ingest.access;

import java.util.EnumSet;
import java.util.Set;

/**
 * Who sends a request.
 *
 * @param key id of his key; empty where nobody is asked for one
 * @param tenant whose jobs he sees; the jobs that he submits are this tenant's
 * @param roles what he may do
 */
public record Caller(String key, String tenant, Set<Role> roles) {
    /** The tenant of jobs that were submitted where nobody was asked for a key. */
    public static final String DEFAULT_TENANT = "default";

    /** Everybody, where nobody is asked for a key. */
    public static final Caller ANYBODY = new Caller("", DEFAULT_TENANT, EnumSet.allOf(Role.class));

    public Caller {
        roles = Set.copyOf(roles);
    }

    /** Whether he has this role, by name or as an administrator. */
    public boolean has(Role role) {
        return roles.contains(role) || admin();
    }

    /** Whether he may do everything and sees the jobs of all tenants. */
    public boolean admin() {
        return roles.contains(Role.ADMIN);
    }

    /** Whether he sees the jobs of this tenant. */
    public boolean sees(String otherTenant) {
        return admin() || tenant.equals(otherTenant);
    }
}
