package io.framequota.ingest.publish.kafka;

import io.framequota.contract.topic.Topics;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Creates the topics that are missing and says, in one line each, what of the broker's settings cannot work. */
@ApplicationScoped
class FramesTopicCheck {
    private static final Logger LOG = Logger.getLogger(FramesTopicCheck.class);
    private static final long AGAIN_MS = 1000;

    private final FramesAdmin admin;

    @Inject
    FramesTopicCheck(FramesAdmin admin) {
        this.admin = admin;
    }

    /** Checks beside the start of the service, which does not wait for it, until the broker has answered. */
    void atStart(@Observes StartupEvent started) {
        Thread.ofVirtual().name("frames-topic-check").start(this::untilAnswered);
    }

    private void untilAnswered() {
        boolean said = false;
        while (true) {
            try {
                check().forEach(LOG::error);
                return;
            } catch (ExecutionException e) {
                if (!said) {
                    LOG.warnf(
                            "the broker at %s does not answer yet: %s",
                            admin.bootstrap(),
                            e.getCause() == null ? e : e.getCause().getMessage());
                    said = true;
                }
            } catch (InterruptedException | RuntimeException e) {
                // The service stops: its admin client is closed.
                return;
            }
            try {
                Thread.sleep(AGAIN_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Creates what is missing and gives what is wrong, one line each; empty when everything fits. */
    List<String> check() throws InterruptedException, ExecutionException {
        Admin client = admin.get();
        createMissing(client);
        List<String> wrong = new ArrayList<>();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES);
        Node node = client.describeCluster().nodes().get().iterator().next();
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
        Map<ConfigResource, Config> configs =
                client.describeConfigs(List.of(topic, broker)).all().get();
        tooSmall(configs.get(topic), "max.message.bytes", "topic " + Topics.FRAMES, wrong);
        // A topic's own limit overrides the broker's for writing; followers fetch under the broker's.
        tooSmall(configs.get(broker), "replica.fetch.max.bytes", "broker " + node.idString(), wrong);
        tooSmall(configs.get(broker), "message.max.bytes", "broker " + node.idString(), wrong);
        TopicDescription frames = client.describeTopics(List.of(Topics.FRAMES))
                .allTopicNames()
                .get()
                .get(Topics.FRAMES);
        int partitions = frames == null ? 0 : frames.partitions().size();
        if (partitions < Topics.FRAME_PARTITIONS) {
            wrong.add("topic " + Topics.FRAMES + " at " + admin.bootstrap() + " has " + partitions
                    + " partitions; add partitions until it has " + Topics.FRAME_PARTITIONS);
        }
        return wrong;
    }

    private static void createMissing(Admin client) throws InterruptedException, ExecutionException {
        var existing = client.listTopics().names().get();
        List<NewTopic> missing = Topics.all().stream()
                .filter(t -> !existing.contains(t.name()))
                .map(t -> new NewTopic(
                                t.name(), java.util.Optional.of(t.partitions()), java.util.Optional.<Short>empty())
                        .configs(t.config()))
                .toList();
        for (var created : client.createTopics(missing).values().values()) {
            try {
                created.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private void tooSmall(@Nullable Config config, String key, String where, List<String> wrong) {
        ConfigEntry entry = config == null ? null : config.get(key);
        if (entry != null && entry.value() != null && Long.parseLong(entry.value()) < Topics.MAX_RECORD_BYTES) {
            wrong.add(where + " at " + admin.bootstrap() + " has " + key + "=" + entry.value()
                    + ", too small for frames; set it to " + Topics.MAX_RECORD_BYTES + " or more");
        }
    }
}
