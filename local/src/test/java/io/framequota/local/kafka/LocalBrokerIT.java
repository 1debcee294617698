package io.framequota.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.topic.Topics;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerIT {
    @TempDir
    Path folder;

    @Test
    void aRestartOnOtherPortsFindsTopicsAndRecords() throws Exception {
        try (LocalBroker broker = start()) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                Set<String> names = admin.listTopics().names().get();
                assertThat(names)
                        .containsAll(
                                Topics.all().stream().map(Topics.Topic::name).toList());
            }
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrap()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                byte[] value = "a fact".getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<byte[], byte[]>(Topics.JOBS, value))
                        .get();
            }
        }
        try (LocalBroker broker = start();
                var consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.bootstrap()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.JOBS, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(30));
            assertThat(records.records(partition)).hasSize(1);
            assertThat(records.iterator().next().value()).asString().isEqualTo("a fact");
        }
    }

    @Test
    void clientsGetTheAdvertisedAddressAndTheTopicsAreCreatedThroughLoopback() throws Exception {
        int port = freePort();
        BrokerListeners listeners = BrokerListeners.onAllAddresses(port, "localhost:" + port, freePort(), freePort());
        try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), listeners, null)) {
            assertThat(nodes("127.0.0.1:" + port)).isEqualTo("localhost:" + port);
            assertThat(nodes(broker.bootstrap())).isEqualTo(broker.bootstrap());
        }
    }

    /** What a client that bootstraps there is told to connect to. */
    private static String nodes(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var node = admin.describeCluster()
                    .nodes()
                    .get(30, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            return node.host() + ":" + node.port();
        }
    }

    private LocalBroker start() throws IOException {
        return LocalBroker.start(folder.resolve("broker"), freePort(), freePort());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
