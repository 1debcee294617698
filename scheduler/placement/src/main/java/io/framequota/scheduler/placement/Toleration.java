package io.framequota.scheduler.placement;

import org.jspecify.annotations.Nullable;

/**
 * Taints that a pod does not mind.
 *
 * @param key of the taint, empty for every key (then only with {@code anyValue})
 * @param anyValue whether the taint's value does not matter
 * @param effect null for every effect
 */
public record Toleration(String key, boolean anyValue, String value, Taint.@Nullable Effect effect) {
    boolean tolerates(Taint taint) {
        return (effect == null || effect == taint.effect())
                && (key.isEmpty() ? anyValue : key.equals(taint.key()))
                && (anyValue || value.equals(taint.value()));
    }
}
