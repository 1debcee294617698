package io.framequota.ingest.live.kafka;

import io.framequota.contract.topic.Topics;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.live.LivePacketSender;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends live packets at once. A broker that is away costs the packets of some seconds: a picture that comes later than that is of no use, and
 * the buffer is bounded.
 */
@ApplicationScoped
class KafkaLiveSender implements LivePacketSender {
    private static final Logger LOG = Logger.getLogger(KafkaLiveSender.class);
    private static final int BUFFER = 32 << 20;
    private static final int MOST_BLOCK_MS = 50;
    private static final int DELIVERY_MS = 5000;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration CONNECT_AGAIN = Duration.ofMillis(100);

    private final Map<String, Object> settings;
    private @Nullable KafkaProducer<String, byte[]> producer;
    private volatile boolean closed;

    @Inject
    KafkaLiveSender(
            @Identifier("default-kafka-broker") Map<String, Object> connection,
            @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092") String bootstrap) {
        settings = new HashMap<>(connection);
        settings.keySet().retainAll(ProducerConfig.configNames());
        settings.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        settings.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        settings.putAll(Map.ofEntries(
                Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                Map.entry(ProducerConfig.CLIENT_ID_CONFIG, "ingest-live"),
                Map.entry(ProducerConfig.ACKS_CONFIG, "1"),
                Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false),
                // Packets keep their order when one is sent again.
                Map.entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1),
                Map.entry(ProducerConfig.LINGER_MS_CONFIG, 0),
                Map.entry(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) BUFFER),
                Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, MOST_BLOCK_MS),
                // What is known of the topic is never forgotten: a packet after a quiet time has no time to ask for it.
                Map.entry(
                        ProducerConfig.METADATA_MAX_IDLE_CONFIG,
                        Duration.ofDays(365).toMillis()),
                Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_MS - 1000),
                Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MS),
                Map.entry(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000),
                Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES + (64 << 10))));
    }

    @Override
    public void open() {
        Thread connecting = Threads.virtual("live-packets-connect", this::connect);
        connecting.start();
        try {
            connecting.join(CONNECT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() {
        boolean told = false;
        while (!closed) {
            try {
                producer().partitionsFor(Topics.LIVE);
                return;
            } catch (KafkaException | IllegalStateException e) {
                if (!told && !closed && !(e instanceof RetriableException)) {
                    LOG.warnf("packets of streams are sent later: %s", e.getMessage());
                    told = true;
                }
            }
            try {
                Thread.sleep(CONNECT_AGAIN);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void send(int partition, String job, byte[] packet, LongConsumer stored, Runnable lost) {
        try {
            producer().send(new ProducerRecord<>(Topics.LIVE, partition, job, packet), (metadata, failure) -> {
                if (failure == null) {
                    stored.accept(metadata.offset());
                } else {
                    lost.run();
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            // A full buffer is told by the callback; this is an interrupted or closed sender.
            lost.run();
        }
    }

    private synchronized KafkaProducer<String, byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        KafkaProducer<String, byte[]> current = producer;
        if (current == null) {
            current = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
            producer = current;
        }
        return current;
    }

    @PreDestroy
    void close() {
        closed = true;
        closeProducer();
    }

    private synchronized void closeProducer() {
        if (producer != null) {
            producer.close(Duration.ofMillis(500));
            producer = null;
        }
    }
}
