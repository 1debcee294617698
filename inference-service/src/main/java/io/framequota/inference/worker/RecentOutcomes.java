package io.framequota.inference.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The outcomes of the last {@value #LIMIT} grants, so that a grant sent again is answered and not run again. The limit is far
 * above the number of grants that can be on their way between a scheduler and a worker. Immutable.
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
