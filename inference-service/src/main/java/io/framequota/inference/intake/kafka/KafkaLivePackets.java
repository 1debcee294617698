package io.framequota.inference.intake.kafka;

import io.framequota.contract.control.LivePacket;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.inference.intake.LivePackets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads packets with one consumer without a group for all streams of a worker. A partition has the packets of several streams, and those of
 * jobs that nobody follows here are skipped by their keys.
 */
final class KafkaLivePackets implements LivePackets {
    /** So far back reading begins: cameras send a key picture at least every ten seconds. */
    private static final Duration BACK = Duration.ofSeconds(12);

    private static final Map<String, Object> READING = Map.ofEntries(
            Map.entry("enable.auto.commit", false),
            Map.entry("auto.offset.reset", "none"),
            Map.entry("allow.auto.create.topics", false),
            Map.entry("check.crcs", false),
            Map.entry("max.partition.fetch.bytes", 1024 * 1024),
            Map.entry("fetch.max.bytes", 4 * 1024 * 1024),
            // Calls that ask the broker block all streams.
            Map.entry("default.api.timeout.ms", 3000),
            Map.entry("reconnect.backoff.max.ms", 1000));

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaClientMetrics metrics;
    private final RecordReader<LivePacket> reader;
    private final InstantSource clock;
    private final Map<String, Followed> streams = new HashMap<>();

    /** A stream with the offset of the next record to look at. */
    private static final class Followed {
        final TopicPartition partition;
        /** The end of the partition when the stream was followed. */
        final long end;

        long next;
        boolean caughtUp;

        Followed(TopicPartition partition, long next, long end) {
            this.partition = partition;
            this.next = next;
            this.end = end;
        }
    }

    KafkaLivePackets(String worker, Map<String, Object> connection, MeterRegistry meters, InstantSource clock) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.putAll(READING);
        settings.put("client.id", "framequota-live-" + worker);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        metrics = new KafkaClientMetrics(consumer);
        metrics.bindTo(meters);
        reader = new RecordReader<>(
                Topics.LIVE,
                LivePacket.parser(),
                topic -> Counter.builder("framequota.records.set.aside")
                        .description("Records that could not be read and were left out, by topic")
                        .tag("topic", topic)
                        .register(meters)
                        .increment());
        this.clock = clock;
    }

    @Override
    public void follow(String job, int partition, long firstOffset) throws LivePacketsException {
        TopicPartition from = new TopicPartition(Topics.LIVE, partition);
        boolean read = consumer.assignment().contains(from);
        Set<TopicPartition> all = new HashSet<>(consumer.assignment());
        all.add(from);
        // In front of the questions: of other partitions the client logs a warning with each answer.
        consumer.assign(all);
        try {
            asking("the packets of job " + job, () -> {
                Followed stream = located(from, firstOffset);
                if (!read || consumer.position(from) > stream.next) {
                    // Streams that are read already skip what they have seen.
                    consumer.seek(from, stream.next);
                }
                streams.put(job, stream);
                return stream;
            });
        } finally {
            assign();
        }
    }

    private Followed located(TopicPartition partition, long firstOffset) {
        Set<TopicPartition> one = Set.of(partition);
        long end = Objects.requireNonNull(consumer.endOffsets(one).get(partition));
        long begin = Objects.requireNonNull(consumer.beginningOffsets(one).get(partition));
        long back = clock.instant().minus(BACK).toEpochMilli();
        OffsetAndTimestamp recent =
                consumer.offsetsForTimes(Map.of(partition, back)).get(partition);
        long from = Math.max(firstOffset, recent == null ? end : recent.offset());
        return new Followed(partition, Math.clamp(from, begin, Math.max(begin, end)), end);
    }

    @Override
    public void unfollow(String job) {
        streams.remove(job);
        assign();
    }

    /** Positions of partitions that stay are kept. */
    private void assign() {
        consumer.assign(streams.values().stream().map(s -> s.partition).collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    public void poll(Duration wait, Sink sink) throws LivePacketsException, InterruptedException {
        if (streams.isEmpty()) {
            Thread.sleep(wait);
            return;
        }
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
                pass(record, sink);
            }
        } catch (OffsetOutOfRangeException e) {
            // What was not read in time has expired; the numbers of the packets show it.
            asking("expired packets", () -> {
                consumer.seekToBeginning(e.partitions());
                return e.partitions();
            });
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException("while reading packets").initCause(e);
        } catch (KafkaException e) {
            throw new LivePacketsException("packets of streams cannot be read: " + e.getMessage(), e);
        }
        asking("the state of streams", () -> {
            streams.forEach((job, stream) -> {
                if (!stream.caughtUp && consumer.position(stream.partition) >= stream.end) {
                    stream.caughtUp = true;
                    sink.caughtUp(job);
                }
            });
            return streams;
        });
    }

    private void pass(ConsumerRecord<byte[], byte[]> record, Sink sink) throws InterruptedException {
        byte[] key = record.key();
        Followed stream = key == null ? null : streams.get(new String(key, StandardCharsets.UTF_8));
        if (stream != null && record.partition() == stream.partition.partition() && record.offset() >= stream.next) {
            stream.next = record.offset() + 1;
            reader.read(record.partition(), record.offset(), record.value(), sink::packet);
        }
    }

    private static <T> T asking(String what, Supplier<T> question) throws LivePacketsException {
        try {
            return question.get();
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            throw new LivePacketsException("interrupted while asking for " + what, e);
        } catch (KafkaException e) {
            throw new LivePacketsException("the broker does not answer about " + what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        metrics.close();
        // An interrupted thread could not tell the broker, and Kafka's client would log that with a stack trace.
        boolean interrupted = Thread.interrupted();
        try {
            consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
