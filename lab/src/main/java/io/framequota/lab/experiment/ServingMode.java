package io.framequota.lab.experiment;

import java.util.Locale;
import java.util.Map;

/** A way of serving requests without a scheduler; the operating system shares the cores. */
public sealed interface ServingMode {
    /** The name in experiment files and reports. */
    String name();

    /** The parameters as given in the file. */
    Map<String, String> parameters();

    /** Whether processes have quotas. */
    default boolean limited() {
        return this instanceof Pool || this instanceof Containers;
    }

    /** One server process that accepts every request immediately. */
    record OneServer(ExecutionModel each) implements ServingMode {
        @Override
        public String name() {
            return each.word();
        }

        @Override
        public Map<String, String> parameters() {
            return Map.of();
        }
    }

    /** A fixed number of processes, started before the first request, that each serve one request at a time. */
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
     * One process under a quota that serves one request at a time. Its threads share each piece of a request and then wait
     * for one another. One thread does the serial part of the speedup alone.
     *
     * @param quota millicores, in periods of 100 ms
     * @param threads of the pool
     * @param spin whether a waiting thread spins or sleeps
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
     * A single-threaded process with its own quota for each request, started before the first request.
     *
     * @param total sum of all quotas, as a fraction of the cores
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

        /**
         * The quota of each of {@code containers} in microseconds a period: an equal part, at most one core, at least the
         * kernel's minimum.
         */
        public long quotaUs(int containers, int cores) {
            double part = Math.min(1, total * cores / containers);
            return Math.max(LEAST_QUOTA_US, Math.round(part * 1000 * periodMs));
        }
    }

    /** How one server executes requests. */
    enum ExecutionModel {
        /** One thread serves all requests, one after the other. */
        SEQUENTIAL("sequential"),
        /** One virtual thread for each request. A computing thread keeps its core until it is done. */
        VIRTUAL("virtual-threads"),
        /** One platform thread for each request. */
        PLATFORM("platform-threads"),
        /** One process for each request, started on its arrival. */
        PROCESS("processes");

        private final String word;

        ExecutionModel(String word) {
            this.word = word;
        }

        /** The name in experiment files and reports. */
        public String word() {
            return word;
        }

        /** The name in the burner's protocol. */
        public String order() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
