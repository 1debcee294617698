package io.framequota.inference.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The grants that ended last, so that one sent again is answered and not run again. A value; keeps {@value #LIMIT}, which
 * is far more than can be under way between a scheduler and a worker.
 */
record Ended(Map<GrantKey, Outcome> outcomes) {
    static final int LIMIT = 64;
    static final Ended NONE = new Ended(Map.of());

    Optional<Outcome> of(GrantKey key) {
        return Optional.ofNullable(outcomes.get(key));
    }

    Ended with(GrantKey key, Outcome outcome) {
        Map<GrantKey, Outcome> next = new LinkedHashMap<>(outcomes);
        next.putIfAbsent(key, outcome);
        if (next.size() > LIMIT) {
            next.remove(next.keySet().iterator().next());
        }
        return new Ended(next);
    }
}
