package io.framequota.ingest.access;

import org.jspecify.annotations.Nullable;

/** Who may call a route or a method. */
public enum Permission {
    /** Without a key. */
    EVERYBODY(null),
    /** Whoever has a key. */
    ANY_KEY(null),
    READ(Role.READ),
    SUBMIT(Role.SUBMIT),
    METRICS(Role.METRICS),
    ADMIN(Role.ADMIN);

    private final @Nullable Role role;

    Permission(@Nullable Role role) {
        this.role = role;
    }

    /** Whether this caller, who has shown his key, may. */
    public boolean allows(Caller caller) {
        return role == null || caller.has(role);
    }

    /** Whether calls change something, and are written to the audit log. */
    public boolean audited() {
        return this == SUBMIT || this == ADMIN;
    }

    /** Why a caller may not, one line for people. */
    public String refusal() {
        return "this key may not do that: it needs the role " + (role == null ? "" : role.label())
                + "; an administrator makes a key that has it with fq key create --role "
                + (role == null ? "" : role.label());
    }
}
