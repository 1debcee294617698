package io.framequota.inference.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The grants that ended last, so that one sent again is answered and not run again. A value; keeps {@value #LIMIT}, which
 * is far more than can be under way between a scheduler and a worker.
 */
record RecentOutcomes(Map<GrantKey, GrantOutcome> outcomes) {
    static final int LIMIT = 64;
    static final RecentOutcomes NONE = new RecentOutcomes(Map.of());

    Optional<GrantOutcome> of(GrantKey key) {
        return Optional.ofNullable(outcomes.get(key));
    }

    RecentOutcomes with(GrantKey key, GrantOutcome outcome) {
        Map<GrantKey, GrantOutcome> next = new LinkedHashMap<>(outcomes);
        next.putIfAbsent(key, outcome);
        if (next.size() > LIMIT) {
            next.remove(next.keySet().iterator().next());
        }
        return new RecentOutcomes(next);
    }
}
