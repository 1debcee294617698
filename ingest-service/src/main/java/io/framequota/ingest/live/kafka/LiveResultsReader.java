package io.framequota.ingest.live.kafka;

import io.framequota.contract.control.LiveResult;
import io.framequota.contract.topic.RecordReader;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.live.LiveCollector;
import io.framequota.ingest.live.LiveResults;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reads {@code fq.live.results} and has the collector commit a window of all jobs from time to time. Only then is the position stored, so
 * results that are in no window yet are read again after a crash. The partition is assigned, so that a restarted process need not wait for
 * a rebalance.
 */
@ApplicationScoped
class LiveResultsReader implements LiveResults {
    private static final Logger LOG = Logger.getLogger(LiveResultsReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.LIVE_RESULTS, 0);

    private final LiveCollector collector;
    private final Duration window;
    private final Map<String, Object> settings;
    private final RecordReader<LiveResult> records;
    private final Thread thread = Threads.platform("live-results", this::run);
    private volatile boolean stopped;

    @Inject
    LiveResultsReader(
            LiveCollector collector,
            IngestConfig config,
            MeterRegistry metrics,
            @Identifier("default-kafka-broker") Map<String, Object> connection,
            @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092") String bootstrap) {
        this.collector = collector;
        this.window = config.liveWindow();
        this.records = new RecordReader<>(
                Topics.LIVE_RESULTS,
                LiveResult.parser(),
                topic -> Counter.builder("framequota.records.set.aside")
                        .description("Records that could not be read and were left out, by topic")
                        .tag("topic", topic)
                        .register(metrics)
                        .increment());
        settings = new HashMap<>(connection);
        settings.keySet().retainAll(ConsumerConfig.configNames());
        settings.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        settings.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        settings.putAll(Map.ofEntries(
                Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                Map.entry(ConsumerConfig.CLIENT_ID_CONFIG, "ingest-live-results"),
                Map.entry(ConsumerConfig.GROUP_ID_CONFIG, "ingest-service-live"),
                Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false),
                Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500),
                Map.entry(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1),
                Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 200),
                Map.entry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 4 << 20),
                Map.entry(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20),
                Map.entry(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000)));
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try (KafkaConsumer<String, byte[]> consumer =
                    new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(Set.of(PARTITION));
                read(consumer);
            } catch (InterruptException | InterruptedException e) {
                return;
            } catch (KafkaException e) {
                if (!stopped) {
                    LOG.warnf("live results are read later: %s", e.getMessage());
                    pause();
                }
            } catch (RuntimeException e) {
                // This thread serves all live jobs.
                LOG.errorf(e, "reading live results failed; they are read again");
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_DELAY);
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    private void read(KafkaConsumer<String, byte[]> consumer) throws InterruptedException {
        long windowBegan = System.nanoTime();
        long committed = -1;
        while (!stopped) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                records.read(record.partition(), record.offset(), record.value(), collector::add);
            }
            if (System.nanoTime() - windowBegan >= window.toNanos()) {
                collector.commitAll();
                long position = consumer.position(PARTITION);
                if (position != committed) {
                    consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(position)));
                    committed = position;
                }
                windowBegan = System.nanoTime();
            }
        }
        collector.commitAll();
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(consumer.position(PARTITION))));
    }

    @PreDestroy
    void close() throws InterruptedException {
        stopped = true;
        // The last window is committed; a process that is killed first reads its results again.
        thread.join(Duration.ofSeconds(1));
        thread.interrupt();
    }
}
