package io.framequota.scheduler.controller.leadership;

/**
 * Who of several schedulers may ask the authority for leadership. It keeps them from chasing each other; what fences is the
 * epoch that the authority gives.
 */
public interface LeaderElector {
    /** A scheduler that is alone. */
    LeaderElector ALONE = new LeaderElector() {
        @Override
        public boolean isConfigured() {
            return true;
        }

        @Override
        public void start(String name) {
            // Nobody to compete with.
        }

        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public boolean follows() {
            return false;
        }

        @Override
        public void close() {
            // Nothing was taken.
        }
    };

    /** Whether the settings ask for it. */
    boolean isConfigured();

    /** Competes from now on under this name, in the background. */
    void start(String name);

    /** Whether this scheduler may lead at this moment. */
    boolean holds();

    /** Whether another one leads, as far as this one sees, and it would take over if that one went away. */
    boolean follows();

    /** Lets another one lead at once. */
    void close();
}
