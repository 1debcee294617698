package io.framequota.ingest.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.WorkerReport;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Unreadable records on the topics that this service reads. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class SetAsideIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    MeterRegistry metrics;

    @Test
    void unreadableRecordsDoNotStopConsumers() throws Exception {
        double detections = setAside(Topics.DETECTIONS);
        double workers = setAside(Topics.WORKERS);
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            Client.awaitModels();
            worker.does(c -> false);
            String id = Client.submit(10);
            Client.await(id, "chunks", 1);
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new ByteArraySerializer())) {
                for (String topic : new String[] {Topics.DETECTIONS, Topics.WORKERS}) {
                    producer.send(new ProducerRecord<>(topic, null, null));
                    producer.send(new ProducerRecord<>(topic, "k", null));
                    producer.send(new ProducerRecord<>(topic, "k", "nonsense".getBytes(StandardCharsets.UTF_8)));
                }
                // These records can be read, but the database refuses their content.
                producer.send(new ProducerRecord<>(
                        Topics.DETECTIONS,
                        "k",
                        FakeWorker.result(worker.facts(id).getLast().getChunkReady(), 1, Long.MAX_VALUE).toBuilder()
                                .setGrant(GrantRef.newBuilder().setJob(id).setAttempt(1))
                                .setTransport("a\0b")
                                .build()
                                .toByteArray()));
                producer.send(new ProducerRecord<>(
                        Topics.WORKERS,
                        "k",
                        WorkerReport.newBuilder()
                                .setWorker("worker-9")
                                .setKind(WorkerReport.Kind.HEARTBEAT)
                                .setReady(true)
                                .addModels(ModelCard.newBuilder().setName("a\0b"))
                                .build()
                                .toByteArray()));
                producer.flush();
            }

            // Later results and heartbeats are processed.
            worker.facts(id).stream()
                    .filter(f -> f.hasChunkReady())
                    .forEach(f -> worker.send(FakeWorker.result(f.getChunkReady(), 1, Long.MAX_VALUE)));
            Client.await(id, "SUCCEEDED");
            Await.until("all are counted", () -> setAside(Topics.WORKERS) == workers + 4);
            assertThat(setAside(Topics.DETECTIONS)).isEqualTo(detections + 4);
            Await.until(
                    "a worker is ready", () -> given().get("/q/health/ready").statusCode() == 200);
            given().get("/q/health/live").then().statusCode(200);
        }
    }

    private double setAside(String topic) {
        return metrics.counter("framequota.records.set.aside", "topic", topic).count();
    }
}
