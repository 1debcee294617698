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
 * Limits what Kafka's clients log about a broker that is away: each client logs every failed connection, several lines per
 * second. This filter passes the first of these lines in the process and then one per minute, and logs when a broker is back.
 *
 * <p>Kafka's client logs an answer of a broker at DEBUG only. While a broker is away, this filter therefore sets that level and
 * drops the other lines of that level. Safe for use by several threads.
 */
public final class KafkaLogFilter implements Filter {
    private static final Logger CLIENT = Logger.getLogger("org.apache.kafka.clients.NetworkClient");
    private static final Logger LOG = Logger.getLogger(KafkaLogFilter.class.getName());
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    /** The group is the number of the node. Configured addresses have negative numbers until the real ones are known. */
    private static final Pattern FAILED = Pattern.compile(
            "(?:Connection to node|Error connecting to node .* \\(id:|Bootstrap broker .* \\(id:) (-?\\d+)");

    /**
     * Logged at the answer to the first request, after TLS and SASL. A connection alone does not show that the broker works.
     */
    private static final Pattern ANSWERED = Pattern.compile("Node (-?\\d+) has finalized features");

    private final Logger client;
    private final LongSupplier nanos;
    private final Set<String> away = new HashSet<>();
    private boolean logged;
    private long loggedAt;
    private boolean absenceLogged;
    private long failedAt;
    private long dropped;

    /**
     * @param client the logger to filter
     * @param nanos a clock that does not go back
     */
    KafkaLogFilter(Logger client, LongSupplier nanos) {
        this.client = client;
        this.nanos = nanos;
    }

    /** Installs the filter. Call it before the first Kafka client exists. */
    public static void install() {
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
            // After an answer, the client uses the nodes' real numbers.
            away.removeIf(node -> node.startsWith("-"));
        } else if (nanos.getAsLong() - failedAt > QUIET_NANOS) {
            // No client asks for the node any more: it was removed from the cluster.
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
        if (logged && now - loggedAt < QUIET_NANOS) {
            dropped++;
            return false;
        }
        logged = true;
        loggedAt = now;
        absenceLogged = true;
        return true;
    }

    private void back() {
        client.setLevel(null);
        if (absenceLogged) {
            LOG.log(Level.INFO, "Kafka answers again; {0} log lines about failed connections were dropped", dropped);
            absenceLogged = false;
            dropped = 0;
        }
    }
}
