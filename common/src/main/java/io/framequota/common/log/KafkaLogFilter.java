package io.framequota.common.log;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every Kafka client says of every attempt to connect that it failed: several lines a second while a broker is away. Of all
 * these lines of a process this lets the first one pass and then one a minute, and it says when the broker is back.
 *
 * <p>That a broker answers Kafka's client tells at the level DEBUG only. So that level is on, and its other lines are left
 * out, for as long as a broker is away. Safe for use by several threads.
 */
public final class KafkaLogFilter implements Filter {
    private static final Logger CLIENT = Logger.getLogger("org.apache.kafka.clients.NetworkClient");
    private static final Logger LOG = Logger.getLogger(KafkaLogFilter.class.getName());
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    /** The group is the node's number; those of the configured addresses, before more is known, are negative. */
    private static final Pattern FAILED = Pattern.compile(
            "(?:Connection to node|Error connecting to node .* \\(id:|Bootstrap broker .* \\(id:) (-?\\d+)");

    /** Said of the answer to the first request, so behind TLS and SASL: a connection alone is no broker that works. */
    private static final Pattern ANSWERED = Pattern.compile("Node (-?\\d+) has finalized features");

    private final Logger client;
    private final LongSupplier nanos;
    private final Set<String> away = new HashSet<>();
    private boolean said;
    private long saidAt;
    private boolean saidAway;
    private long failedAt;
    private long leftOut;

    /**
     * @param client whose records it filters
     * @param nanos a clock that does not go back
     */
    KafkaLogFilter(Logger client, LongSupplier nanos) {
        this.client = client;
        this.nanos = nanos;
    }

    /** Begins to filter what Kafka's clients of this process say; to be called before there is one. */
    public static void thin() {
        CLIENT.setFilter(new KafkaLogFilter(CLIENT, System::nanoTime));
    }

    @Override
    public synchronized boolean isLoggable(LogRecord record) {
        Matcher failed = FAILED.matcher(record.getMessage());
        if (failed.find()) {
            return failed(failed.group(1));
        }
        if (away.isEmpty()) {
            return true;
        }
        Matcher answered = ANSWERED.matcher(record.getMessage());
        if (answered.find()) {
            away.remove(answered.group(1));
            // Whoever has an answer asks the nodes themselves from then on.
            away.removeIf(node -> node.startsWith("-"));
        } else if (nanos.getAsLong() - failedAt > QUIET_NANOS) {
            // Nobody asks for that node any more: it was taken out of the cluster.
            away.clear();
        }
        if (away.isEmpty()) {
            back();
        }
        return record.getLevel().intValue() >= Level.WARNING.intValue();
    }

    private boolean failed(String node) {
        long now = nanos.getAsLong();
        failedAt = now;
        if (away.isEmpty()) {
            client.setLevel(Level.FINE);
        }
        away.add(node);
        if (said && now - saidAt < QUIET_NANOS) {
            leftOut++;
            return false;
        }
        said = true;
        saidAt = now;
        saidAway = true;
        return true;
    }

    private void back() {
        client.setLevel(null);
        if (saidAway) {
            LOG.log(Level.INFO, "Kafka answers again; {0} lines about failed connections were left out", leftOut);
            saidAway = false;
            leftOut = 0;
        }
    }
}
