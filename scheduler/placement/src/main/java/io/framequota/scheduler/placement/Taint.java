package io.framequota.scheduler.placement;

/** What a node holds against pods that do not tolerate it. */
public record Taint(String key, String value, Effect effect) {
    /** How strongly. {@code PREFER_NO_SCHEDULE} only makes other nodes come first. */
    public enum Effect {
        NO_SCHEDULE,
        PREFER_NO_SCHEDULE,
        NO_EXECUTE
    }
}
