package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.contract.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker of somebody else's, with TLS and SASL: the services reach it by what the chart puts into their environment. */
@Tag("long")
class SecuredKafkaST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    static Path folder;

    private static SecuredBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = SecuredBroker.start(folder.resolve("kafka"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void theEnvironmentIsThatOfTheChart() throws Exception {
        String template = Files.readString(Fq.ROOT.resolve("helm/framequota/templates/kafka/_env.tpl"));
        Matcher names = Pattern.compile("name: (KAFKA_\\w+)").matcher(template);
        TreeSet<String> rendered = new TreeSet<>();
        while (names.find()) {
            rendered.add(names.group(1));
        }

        assertThat(broker.environment().keySet()).containsExactlyInAnyOrderElementsOf(rendered);
    }

    @Test
    void clientsWithoutCredentialsOrTrustAreRefused() {
        Map<String, Object> wrongPassword = new HashMap<>(broker.settings());
        wrongPassword.put("sasl.jaas.config", SecuredBroker.login("guessed"));
        Map<String, Object> noTrust = new HashMap<>(broker.settings());
        noTrust.remove("ssl.truststore.type");
        noTrust.remove("ssl.truststore.certificates");

        assertThatThrownBy(() -> topics(wrongPassword)).hasRootCauseInstanceOf(SaslAuthenticationException.class);
        assertThatThrownBy(() -> topics(noTrust)).hasStackTraceContaining(SslAuthenticationException.class.getName());
    }

    @Test
    void aJobSucceedsOverASecuredBroker() throws Exception {
        try (ServicesByHand services = ServicesByHand.start(folder.resolve("services"), broker.environment())) {
            Server server = services.server();
            server.await("the system is ready", LIMIT, () -> server.answers("/q/health/ready"));

            String job =
                    server.submit("sample:walkers", "people", 4).path("job").asText();
            JsonNode end = server.awaitEnd(job, LIMIT);

            server.assertEveryFrameOnce(end, 4);
            assertThat(end.path("frames").asInt()).isEqualTo(30);
            // The admin client's work: topics that were missing are there, frames that are done with are gone.
            assertThat(topics(broker.settings()))
                    .containsAll(Topics.all().stream().map(Topics.Topic::name).toList());
            server.await("the frames are deleted", LIMIT, () -> {
                long written = frameOffsets(OffsetSpec.latest());
                return written > 0 && frameOffsets(OffsetSpec.earliest()) == written;
            });
        }
    }

    private static List<String> topics(Map<String, Object> settings) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            return List.copyOf(admin.listTopics().names().get());
        }
    }

    /** Sum over the partitions with frames; a record holds as many frames as fit, so it says nothing of their number. */
    private static long frameOffsets(OffsetSpec which) {
        try (Admin admin = Admin.create(broker.settings())) {
            Map<TopicPartition, OffsetSpec> asked = IntStream.range(0, Topics.FRAME_PARTITIONS)
                    .mapToObj(i -> new TopicPartition(Topics.FRAMES, i))
                    .collect(Collectors.toMap(p -> p, p -> which));
            return admin.listOffsets(asked).all().get().values().stream()
                    .mapToLong(o -> o.offset())
                    .sum();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
