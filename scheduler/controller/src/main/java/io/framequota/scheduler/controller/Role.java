package io.framequota.scheduler.controller;

/** What this scheduler is: the one that decides, or one that would take over. Of the event loop's thread. */
sealed interface Role permits Leading, Role.Standby {
    /** Another one decides, or nobody yet. */
    record Standby() implements Role {}
}
