package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads chunks from the topic as a worker does: assign, seek, read to the last offset. */
final class TopicReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
            Map.of(
                    "bootstrap.servers",
                    BrokerResource.bootstrap(),
                    "enable.auto.commit",
                    "false",
                    "auto.offset.reset",
                    "none",
                    // A fetch that waits at the end of one partition would delay the next chunk.
                    "fetch.max.wait.ms",
                    "10",
                    "max.partition.fetch.bytes",
                    "" + 2 * Topics.MAX_RECORD_BYTES),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());

    record Frame(FrameMeta meta, int bytes, long checksum) {}

    List<Frame> read(Chunk chunk) {
        TopicPartition partition = new TopicPartition(Topics.FRAMES, chunk.getPartition());
        consumer.assign(List.of(partition));
        consumer.seek(partition, chunk.getFirstOffset());
        List<Frame> frames = new ArrayList<>();
        while (consumer.position(partition) <= chunk.getLastOffset()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                if (record.offset() <= chunk.getLastOffset()) {
                    frames.add(frame(record));
                }
            }
        }
        return frames;
    }

    private static Frame frame(ConsumerRecord<byte[], byte[]> record) {
        CRC32 crc = new CRC32();
        crc.update(record.value());
        FrameMeta meta = FrameMeta.fromHeaders(name -> record.headers().lastHeader(name) == null
                ? null
                : record.headers().lastHeader(name).value());
        return new Frame(meta, record.value().length, crc.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
