package io.framequota.lab.experiment;

import java.util.Locale;
import java.util.Map;

/** A way of serving requests without a scheduler: the operating system shares the cores out. */
public sealed interface ServingMode {
    /** As people write it. */
    String name();

    /** As the file gives them. */
    Map<String, String> parameters();

    /** Whether processes have quotas. */
    default boolean limited() {
        return this instanceof Pool || this instanceof Containers;
    }

    /** One server that takes every request as it comes. */
    record OneServer(Each each) implements ServingMode {
        @Override
        public String name() {
            return each.word();
        }

        @Override
        public Map<String, String> parameters() {
            return Map.of();
        }
    }

    /** So many processes that are there before the first request, one request each at a time, the others in line. */
    record Daemons(int workers) implements ServingMode {
        @Override
        public String name() {
            return "daemons";
        }

        @Override
        public Map<String, String> parameters() {
            return Map.of("workers", Integer.toString(workers));
        }
    }

    /**
     * One process under a quota whose threads share each small piece of a request and meet after it; one request at a time.
     * What the speedup calls serial one thread does alone.
     *
     * @param quota millicores, in periods of 100 ms
     * @param threads of the pool
     * @param spin whether a thread that waits for the others burns its core or sleeps
     * @param pieceMs CPU milliseconds of a piece
     */
    record Pool(int quota, int threads, boolean spin, double pieceMs) implements ServingMode {
        @Override
        public String name() {
            return "pool";
        }

        @Override
        public Map<String, String> parameters() {
            return Map.of(
                    "quota", Integer.toString(quota),
                    "threads", Integer.toString(threads),
                    "spin", Boolean.toString(spin));
        }
    }

    /**
     * A process of one thread for each request, there before it comes, with a quota of its own.
     *
     * @param total of all quotas, as a part of the cores
     * @param periodMs from one refill of a quota to the next
     */
    record Containers(double total, int periodMs) implements ServingMode {
        /** The kernel takes no quota below this (tg_set_cfs_bandwidth). */
        private static final long LEAST_QUOTA_US = 1000;

        @Override
        public String name() {
            return "containers";
        }

        @Override
        public Map<String, String> parameters() {
            return Map.of("total", Double.toString(total), "period_ms", Integer.toString(periodMs));
        }

        /** Microseconds a period that each of so many has: its part, at most one core, at least what the kernel takes. */
        public long quotaUs(int containers, int cores) {
            double part = Math.min(1, total * cores / containers);
            return Math.max(LEAST_QUOTA_US, Math.round(part * 1000 * periodMs));
        }
    }

    /** In what a server serves each request. */
    enum Each {
        /** All in one thread, one after the other. */
        SEQUENTIAL("sequential"),
        /** A virtual thread each: one that computes keeps its core until it is done. */
        VIRTUAL("virtual-threads"),
        /** A thread of the operating system each. */
        PLATFORM("platform-threads"),
        /** A process each, started when the request comes. */
        PROCESS("processes");

        private final String word;

        Each(String word) {
            this.word = word;
        }

        /** As people write it. */
        public String word() {
            return word;
        }

        /** As a burner is told. */
        public String order() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
