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
 * Takes the records of one topic, on which anybody may have written anything. A record without a value, one that is not the
 * expected message and one on which its handler fails are set aside: they are counted, a log line names topic, partition and
 * offset, and reading goes on with the next one. So no record can stop a consumer, however often it is read again.
 *
 * <p>The record itself stays on its topic, at the offset that the log names. For one caller at a time.
 *
 * @param <T> the message that the topic carries
 */
public final class RecordReader<T> {
    /** Lines a minute: whoever writes junk must not fill the log as well. */
    private static final int LINES = 10;

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final Logger LOG = Logger.getLogger(RecordReader.class.getName());

    /** What is done with a message. */
    @FunctionalInterface
    public interface Handler<T> {
        /** @throws InterruptedException when the process stops: the record then counts as not read */
        void handle(T message) throws InterruptedException;
    }

    private final String topic;
    private final Parser<T> parser;
    private final Consumer<String> setAside;
    private final LongSupplier nanos;
    private long minuteBegan;
    private int said;

    /**
     * Reads one topic.
     *
     * @param setAside told the topic for every record that is set aside; counts it
     */
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
     * Hands the record's message to the handler, or sets the record aside.
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
            aside(partition, offset, "it cannot be used", e);
        }
    }

    private void aside(int partition, long offset, String why, @Nullable RuntimeException cause) {
        setAside.accept(topic);
        long now = nanos.getAsLong();
        if (now - minuteBegan > MINUTE) {
            minuteBegan = now;
            said = 0;
        }
        said++;
        if (said <= LINES) {
            LOG.log(
                    Level.WARNING,
                    "the record of " + topic + " in partition " + partition + " at offset " + offset
                            + " is set aside: " + why
                            + (said == LINES ? "; further ones of this minute are counted only" : ""),
                    cause);
        }
    }
}
