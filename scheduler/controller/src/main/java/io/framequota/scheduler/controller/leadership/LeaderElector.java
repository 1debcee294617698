package io.framequota.scheduler.controller.leadership;

/**
 * Elects the one of several schedulers that may request leadership, so that they do not take it from each other in turns. The
 * election does not protect against two leaders: the authority's epochs do.
 */
public interface LeaderElector {
    /** For a single scheduler: it may always lead. */
    LeaderElector SINGLE = new LeaderElector() {
        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public void start(String name) {}

        @Override
        public boolean mayLead() {
            return true;
        }

        @Override
        public boolean isStandby() {
            return false;
        }

        @Override
        public void close() {}
    };

    /** Whether the settings enable this election. */
    boolean isConfigured();

    /** Starts to compete under this name, in the background. */
    void start(String name);

    /** Whether this scheduler is the elected one at this moment. */
    boolean mayLead();

    /** Whether another scheduler is elected and this one would take over if that one disappeared. */
    boolean isStandby();

    /** Stops competing and lets another scheduler lead at once. */
    void close();
}
