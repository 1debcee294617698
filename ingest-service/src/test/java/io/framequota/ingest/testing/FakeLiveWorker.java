package io.framequota.ingest.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Plays a worker's live lane over the real broker: it answers each packet with a line, without decoding it. */
public final class FakeLiveWorker implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<LivePacket> packets = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile Predicate<LivePacket> answers = p -> true;
    private volatile boolean stopped;

    /** Starts the worker. */
    public FakeLiveWorker(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, Topics.LIVE_PARTITIONS)
                .mapToObj(i -> new TopicPartition(Topics.LIVE, i))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        thread = Thread.ofPlatform().name("fake-live-worker").daemon().start(this::run);
    }

    /** Restricts the packets that are answered from now on. */
    public void answers(Predicate<LivePacket> which) {
        answers = which;
    }

    /** The packets of a job so far. */
    public List<LivePacket> packets(String job) {
        return packets.stream().filter(p -> p.getJob().equals(job)).toList();
    }

    /** Sends a result. */
    public void send(LiveResult result) {
        producer.send(new ProducerRecord<>(Topics.LIVE_RESULTS, result.getJob(), result.toByteArray()));
        producer.flush();
    }

    /** Sends a packet of an annotated stream. */
    public void send(LiveAnnotated packet) {
        producer.send(new ProducerRecord<>(Topics.LIVE_ANNOTATED, packet.getJob(), packet.toByteArray()));
        producer.flush();
    }

    /** The result of a packet. */
    public static LiveResult result(LivePacket packet, long epoch) {
        long frame = packet.getUnit().getFrame();
        String line = "{\"frame\":" + frame + ",\"pts_ms\":" + packet.getUnit().getPtsMs()
                + ",\"detections\":[{\"class\":\"person\",\"class_id\":0,\"score\":0.9,\"box\":[0.0,0.0,1.0,1.0]}]}";
        return LiveResult.newBuilder()
                .setJob(packet.getJob())
                .setEpoch(epoch)
                .setWorker("worker-0")
                .setSession(packet.getSession())
                .setFrame(frame)
                .setPtsMs(packet.getUnit().getPtsMs())
                .setReceivedAtMs(packet.getReceivedAtMs())
                .setLine(ByteString.copyFromUtf8(line))
                .setDetections(1)
                .build();
    }

    private void run() {
        while (!stopped) {
            consumer.poll(Duration.ofMillis(50)).forEach(r -> packet(r.value()));
        }
        consumer.close();
        producer.close(Duration.ofSeconds(1));
    }

    private void packet(byte[] value) {
        try {
            LivePacket packet = LivePacket.parseFrom(value);
            packets.add(packet);
            if (!packet.getEnded() && answers.test(packet)) {
                send(result(packet, 1));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
