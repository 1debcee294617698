package io.framequota.ingest.chunk.kafka;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.chunk.ChunkLimits;
import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.FramesRefusedException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.testing.TestVideos;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings of the frames topic on a real broker, and the deletion of its records. */
@QuarkusTest
@WithTestResource(BrokerResource.class)
class FramesTopicIT {
    @Inject
    FramesTopicCheck check;

    @Inject
    FramesTopicAdmin admin;

    @Inject
    ChunkPublisher publisher;

    @TempDir
    Path folder;

    @Inject
    KafkaFrameCleaner cleaner;

    @Test
    void findsNoProblemAndCreatesMissingTopics() throws Exception {
        admin.get().deleteTopics(List.of(Topics.DEAD_LETTERS)).all().get();
        await(() -> !admin.get().listTopics().names().get().contains(Topics.DEAD_LETTERS));

        assertThat(check.check()).isEmpty();

        await(() -> admin.get().listTopics().names().get().contains(Topics.DEAD_LETTERS));
    }

    @Test
    void namesATopicWithTooSmallRecordsAndWhatToDo() throws Exception {
        maxMessageBytes(1000);
        try {
            assertThat(check.check())
                    .singleElement()
                    .asString()
                    .contains("topic fq.frames", "max.message.bytes=1000", "set it to 16777216");
        } finally {
            maxMessageBytes(Topics.MAX_RECORD_BYTES);
        }
    }

    @Test
    void aBrokerThatRefusesFramesMakesTheServiceNotReadyAndFailsJobs() throws Exception {
        Path video = TestVideos.H264.make(folder);
        ChunkingRequest request = new ChunkingRequest(
                "refused",
                video,
                ModelCard.newBuilder().setName("m").setWidth(160).setHeight(160).build(),
                1,
                new ChunkLimits(8, 1 << 24),
                null,
                Set.of(),
                List.of(),
                VideoDecoder.ANY_STREAM,
                false,
                Optional.empty(),
                0);
        maxMessageBytes(1000);
        try {
            assertThat(check.checkAndLog()).isFalse();
            assertThat(readiness("status")).isEqualTo("DOWN");
            assertThat(readiness("data.wrong")).contains("max.message.bytes=1000", "set it to 16777216");

            Recorded recorded = new Recorded();
            assertThatThrownBy(() -> publisher.publish(request, recorded, recorded))
                    .isInstanceOf(FramesRefusedException.class)
                    .hasMessageContaining("too small for frames; set it to 16777216 or more");
        } finally {
            maxMessageBytes(Topics.MAX_RECORD_BYTES);
        }
        assertThat(check.checkAndLog()).isTrue();
        assertThat(readiness("status")).isEqualTo("UP");
        Recorded recorded = new Recorded();
        assertThat(publisher.publish(request, recorded, recorded).frames()).isEqualTo(50);
    }

    private static String readiness(String what) {
        return given().get("/q/health/ready").path("checks.find { it.name == 'frames topic' }." + what);
    }

    private void maxMessageBytes(int bytes) throws Exception {
        Admin client = admin.get();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES);
        client.incrementalAlterConfigs(Map.of(
                        topic,
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", "" + bytes), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        await(() -> client.describeConfigs(List.of(topic))
                .all()
                .get()
                .get(topic)
                .get("max.message.bytes")
                .value()
                .equals("" + bytes));
    }

    @Test
    void deletesFramesBelowTheLowestNeededOffset() throws Exception {
        TopicPartition partition = new TopicPartition(Topics.FRAMES, 11);
        long end = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BrokerResource.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < 5; i++) {
                end = producer.send(new ProducerRecord<>(Topics.FRAMES, 11, null, new byte[10]))
                        .get()
                        .offset();
            }
        }
        long needed = end - 1;

        cleaner.deleteBelow(Map.of(11, needed));

        await(() -> admin.get()
                        .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                        .partitionResult(partition)
                        .get()
                        .offset()
                == needed);
        cleaner.deleteBelow(Map.of(11, end + 1000));
        cleaner.deleteBelow(Map.of(11, end + 1));
        await(() -> admin.get()
                        .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                        .partitionResult(partition)
                        .get()
                        .offset()
                > needed);
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await("the broker").atMost(Duration.ofSeconds(30)).until(condition);
    }
}
