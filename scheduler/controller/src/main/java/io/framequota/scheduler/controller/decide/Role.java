package io.framequota.scheduler.controller.decide;

/** What this scheduler is: the one that decides, or one that would take over. Of the event loop's thread. */
public sealed interface Role permits LeadershipSession, Role.Standby {
    /** Another one decides, or nobody yet. */
    record Standby() implements Role {}
}
