package io.framequota.inference.intake.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.PacketMeta;
import io.framequota.contract.topic.Topics;
import io.framequota.inference.intake.ChunkUnreadableException;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.intake.FrameReader;
import io.framequota.inference.intake.IntakeRecord;
import io.framequota.inference.intake.PacketRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records from the frames topic with a consumer without a group: it assigns the chunk's partition and seeks to its first
 * offset.
 *
 * <p>In addition to the records passed on, it holds at most two fetches of {@value #FETCH_BYTES} bytes or one record each.
 */
public final class KafkaFrameReader implements FrameReader {
    /**
     * A fetch goes past the end of the chunk, and the excess is thrown away, so fetches are only as large as throughput needs.
     */
    static final int FETCH_BYTES = 4 * 1024 * 1024;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Map<String, Object> READING = Map.ofEntries(
            Map.entry("enable.auto.commit", false),
            Map.entry("auto.offset.reset", "none"),
            Map.entry("allow.auto.create.topics", false),
            Map.entry("check.crcs", false),
            Map.entry("max.poll.records", 8),
            Map.entry("max.partition.fetch.bytes", FETCH_BYTES),
            Map.entry("fetch.max.bytes", FETCH_BYTES),
            Map.entry("receive.buffer.bytes", 1024 * 1024),
            Map.entry("reconnect.backoff.max.ms", 1000));

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaClientMetrics metrics;

    /**
     * Connects when the first chunk is read.
     *
     * @param worker in whose name it reads
     * @param connection connection settings with Kafka's own names
     * @param meters gets the metrics of Kafka's client until the reader is closed
     */
    public KafkaFrameReader(String worker, Map<String, Object> connection, MeterRegistry meters) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.putAll(READING);
        settings.put("client.id", "framequota-intake-" + worker);
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        metrics = new KafkaClientMetrics(consumer);
        metrics.bindTo(meters);
    }

    @Override
    public void read(Chunk chunk, BooleanSupplier wanted, RecordSink sink)
            throws ChunkUnreadableException, InterruptedException {
        TopicPartition partition = new TopicPartition(Topics.FRAMES, chunk.getPartition());
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, chunk.getFirstOffset());
            readTo(chunk.getLastOffset(), partition, wanted, sink);
        } catch (OffsetOutOfRangeException e) {
            throw new ChunkUnreadableException(
                    "the frames were deleted: " + partition + " no longer has offset " + chunk.getFirstOffset(), false);
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException("while reading " + partition).initCause(e);
        } catch (KafkaException e) {
            throw new ChunkUnreadableException(
                    "the frames in " + partition + " cannot be read: " + e.getMessage(), false);
        }
    }

    private void readTo(long last, TopicPartition partition, BooleanSupplier wanted, RecordSink sink)
            throws ChunkUnreadableException, InterruptedException {
        long quietSince = System.nanoTime();
        while (wanted.getAsBoolean() && consumer.position(partition) <= last) {
            List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.offset() > last || !wanted.getAsBoolean()) {
                    return;
                }
                sink.accept(parsed(record));
            }
            long now = System.nanoTime();
            if (!records.isEmpty()) {
                quietSince = now;
            } else if (now - quietSince > PATIENCE.toNanos()) {
                throw new ChunkUnreadableException(
                        "no frames arrived from " + partition + " for " + PATIENCE.toSeconds() + " s", false);
            }
        }
    }

    private static IntakeRecord parsed(ConsumerRecord<byte[], byte[]> record) throws ChunkUnreadableException {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        Function<String, byte @Nullable []> headers = name -> {
            Header header = record.headers().lastHeader(name);
            return header == null ? null : header.value();
        };
        try {
            return PacketMeta.describes(headers)
                    ? new PacketRecord(PacketMeta.fromHeaders(headers), PacketBatch.parseFrom(value))
                    : new Frame(FrameMeta.fromHeaders(headers), value);
        } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
            throw new ChunkUnreadableException(
                    "record " + record.offset() + " of " + record.topic() + "-" + record.partition() + ": "
                            + e.getMessage(),
                    true);
        }
    }

    @Override
    public void close() {
        metrics.close();
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofMillis(500)));
    }
}
