package io.framequota.contract.topic;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a topic to which anybody may have written anything. A record that has no value, is not the expected
 * message or makes its handler fail is set aside: it is counted, the log names its topic, partition and offset, and reading
 * continues with the next record. So no record can block a consumer.
 *
 * <p>The record itself stays on its topic at that offset. Not thread-safe.
 *
 * @param <T> the message of the topic
 */
public final class RecordReader<T> {
    /** Log lines per minute: whoever writes bad records must not fill the log. */
    private static final int LINES = 10;

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final Logger LOG = Logger.getLogger(RecordReader.class.getName());

    /** Handles a message. */
    @FunctionalInterface
    public interface Handler<T> {
        /** @throws InterruptedException when the process stops; the record then counts as not read */
        void handle(T message) throws InterruptedException;
    }

    private final String topic;
    private final Parser<T> parser;
    private final Consumer<String> setAside;
    private final LongSupplier nanos;
    private long minuteBegan;
    private int logged;

    /** @param setAside called with the topic for each record that is set aside, to count it */
    public RecordReader(String topic, Parser<T> parser, Consumer<String> setAside) {
        this(topic, parser, setAside, System::nanoTime);
    }

    RecordReader(String topic, Parser<T> parser, Consumer<String> setAside, LongSupplier nanos) {
        this.topic = topic;
        this.parser = parser;
        this.setAside = setAside;
        this.nanos = nanos;
        this.minuteBegan = nanos.getAsLong();
    }

    /**
     * Passes the record's message to the handler, or sets the record aside.
     *
     * @throws InterruptedException from the handler
     */
    public void read(int partition, long offset, byte @Nullable [] value, Handler<T> handler)
            throws InterruptedException {
        if (value == null) {
            aside(partition, offset, "it has no value", null);
            return;
        }
        try {
            handler.handle(parser.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            aside(partition, offset, "it is not a message of this topic", null);
        } catch (RuntimeException e) {
            aside(partition, offset, "handling it failed", e);
        }
    }

    private void aside(int partition, long offset, String why, @Nullable RuntimeException cause) {
        setAside.accept(topic);
        long now = nanos.getAsLong();
        if (now - minuteBegan > MINUTE) {
            minuteBegan = now;
            logged = 0;
        }
        logged++;
        if (logged <= LINES) {
            LOG.log(
                    Level.WARNING,
                    "The record at offset " + offset + " of partition " + partition + " of " + topic
                            + " is set aside: " + why
                            + (logged == LINES ? "; further such records in this minute are only counted" : ""),
                    cause);
        }
    }
}
