package io.framequota.ingest.access;

import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * One line for each request that may change something, of those who showed a key: {@code action="POST /api/v1/jobs" object=JOB
 * status=202 key=ID tenant=NAME}. Never a key, a body or an address. Without keys nobody could be named, and nothing is written.
 */
@Singleton
public final class AuditLog {
    private static final Logger LOG = Logger.getLogger("framequota.audit");

    /**
     * @param action the route or method
     * @param object id of what it was done to, empty if it has none
     * @param status how it ended, as the protocol says it
     */
    public void record(Caller caller, String action, String object, String status) {
        if (!caller.key().isEmpty()) {
            LOG.infof(
                    "action=\"%s\" object=%s status=%s key=%s tenant=%s",
                    action,
                    object.isEmpty() ? "-" : ApiKey.shown(object).replace(' ', '_'),
                    status,
                    caller.key(),
                    caller.tenant());
        }
    }
}
