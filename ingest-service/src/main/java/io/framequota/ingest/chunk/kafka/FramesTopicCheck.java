package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import io.framequota.ingest.config.Threads;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Creates the topics that are missing and says, in one line each, what of the broker's settings cannot work. */
@ApplicationScoped
class FramesTopicCheck {
    private static final Logger LOG = Logger.getLogger(FramesTopicCheck.class);
    private static final long AGAIN_MS = 1000;

    private final FramesTopicAdmin admin;
    private final Thread thread = Threads.virtual("frames-topic-check", this::untilRight);
    private volatile List<String> wrong = List.of();
    private List<String> said = List.of();

    @Inject
    FramesTopicCheck(FramesTopicAdmin admin) {
        this.admin = admin;
    }

    /** Checks beside the start of the service, which does not wait for it, until everything fits. */
    void atStart(@Observes StartupEvent started) {
        thread.start();
    }

    @PreDestroy
    void stop() {
        thread.interrupt();
    }

    /** What cannot work, one line each, as of the last look; empty before the broker has answered. */
    List<String> wrong() {
        return wrong;
    }

    private void untilRight() {
        try {
            while (!look()) {
                Thread.sleep(AGAIN_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once, and says what it has not said yet. @return whether the broker has answered and everything fits */
    boolean look() throws InterruptedException {
        try {
            List<String> found = check();
            wrong = found;
            say(
                    Stream.concat(found.stream(), narrowBrokers().stream()).toList(),
                    found.isEmpty() ? Logger.Level.WARN : Logger.Level.ERROR);
            return found.isEmpty();
        } catch (ExecutionException | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            List<String> trouble =
                    List.of("the broker at " + admin.bootstrap() + " cannot be looked at yet: " + cause.getMessage());
            if (cause instanceof AuthorizationException) {
                // It has answered, and will go on answering this.
                wrong = trouble;
            }
            say(trouble, Logger.Level.WARN);
            return false;
        }
    }

    private void say(List<String> lines, Logger.Level level) {
        if (!lines.equals(said)) {
            said = lines;
            lines.forEach(line -> LOG.log(level, line));
        }
    }

    /** Creates what is missing and gives what is wrong, one line each; empty when everything fits. */
    List<String> check() throws InterruptedException, ExecutionException {
        Admin client = admin.get();
        createMissing(client);
        List<String> wrong = new ArrayList<>();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES);
        tooSmall(configs(client, List.of(topic)).get(topic), "max.message.bytes", "topic " + Topics.FRAMES, wrong);
        TopicDescription frames = client.describeTopics(
                        List.of(Topics.FRAMES), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames()
                .get()
                .get(Topics.FRAMES);
        if (frames != null
                && frames.authorizedOperations() != null
                && !frames.authorizedOperations().contains(AclOperation.WRITE)) {
            wrong.add("the broker at " + admin.bootstrap() + " does not let this service write to topic "
                    + Topics.FRAMES + "; allow it");
        }
        int partitions = frames == null ? 0 : frames.partitions().size();
        if (partitions < Topics.FRAME_PARTITIONS) {
            wrong.add("topic " + Topics.FRAMES + " at " + admin.bootstrap() + " has " + partitions
                    + " partitions; add partitions until it has " + Topics.FRAME_PARTITIONS);
        }
        return wrong;
    }

    /**
     * Limits of any broker below a frame's size, one line each. Frames pass all the same: a topic's own limit overrides the
     * broker's for writing, and followers fetch a record beyond their limit alone.
     */
    private List<String> narrowBrokers() throws InterruptedException, ExecutionException {
        Admin client = admin.get();
        List<String> narrow = new ArrayList<>();
        List<ConfigResource> brokers = client.describeCluster().nodes().get().stream()
                .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
                .toList();
        Map<ConfigResource, Config> limits = configs(client, brokers);
        for (ConfigResource broker : brokers) {
            tooSmall(limits.get(broker), "replica.fetch.max.bytes", "broker " + broker.name(), narrow);
            tooSmall(limits.get(broker), "message.max.bytes", "broker " + broker.name(), narrow);
        }
        return narrow;
    }

    /** Settings, as far as this service may see them: that it may not is no reason to run no jobs. */
    private static Map<ConfigResource, Config> configs(Admin client, List<ConfigResource> resources)
            throws InterruptedException, ExecutionException {
        try {
            return client.describeConfigs(resources).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.debugf(
                        "the settings of %s are hidden: %s",
                        resources, e.getCause().getMessage());
                return Map.of();
            }
            throw e;
        }
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
