package io.framequota.ingest.chunk.kafka;

import io.framequota.contract.topic.Topics;
import io.framequota.ingest.config.Threads;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Default;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Creates missing topics, and describes, one line each, the settings of the broker with which frames cannot be written. The service
 * is not ready while there are such settings, because they would fail every job.
 */
@Default
@Readiness
@ApplicationScoped
class FramesTopicCheck implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(FramesTopicCheck.class);
    private static final long RETRY_MS = 1000;

    private final FramesTopicAdmin admin;
    private final Thread thread = Threads.virtual("frames-topic-check", this::checkUntilUsable);
    private volatile List<String> problems = List.of();
    private List<String> logged = List.of();

    @Inject
    FramesTopicCheck(FramesTopicAdmin admin) {
        this.admin = admin;
    }

    /** Checks in the background until no problem is left; the start of the service does not wait for it. */
    void atStart(@Observes StartupEvent started) {
        thread.start();
    }

    @PreDestroy
    void stop() {
        thread.interrupt();
    }

    /** Problems found by the last check, one line each; empty before the broker has answered. */
    List<String> problems() {
        return problems;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> found = problems;
        return HealthCheckResponse.named("frames topic")
                .status(found.isEmpty())
                .withData("wrong", String.join("; ", found))
                .build();
    }

    private void checkUntilUsable() {
        try {
            while (!checkAndLog()) {
                Thread.sleep(RETRY_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Checks once and logs problems that are not logged yet.
     *
     * @return whether the broker has answered and there is no problem
     */
    boolean checkAndLog() throws InterruptedException {
        try {
            List<String> found = check();
            problems = found;
            log(
                    Stream.concat(found.stream(), brokerLimitsBelowFrameSize().stream())
                            .toList(),
                    found.isEmpty() ? Logger.Level.WARN : Logger.Level.ERROR);
            return found.isEmpty();
        } catch (ExecutionException | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            List<String> failure =
                    List.of("the broker at " + admin.bootstrap() + " cannot be checked yet: " + cause.getMessage());
            if (cause instanceof AuthorizationException) {
                // The broker has answered, and the answer will not change by itself.
                problems = failure;
            }
            log(failure, Logger.Level.WARN);
            return false;
        }
    }

    private void log(List<String> lines, Logger.Level level) {
        if (!lines.equals(logged)) {
            logged = lines;
            lines.forEach(line -> LOG.log(level, line));
        }
    }

    /** Creates missing topics and returns the problems, one line each. */
    List<String> check() throws InterruptedException, ExecutionException {
        Admin client = admin.get();
        createMissing(client);
        List<String> found = new ArrayList<>();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES);
        tooSmall(configs(client, List.of(topic)).get(topic), "max.message.bytes", "topic " + Topics.FRAMES, found);
        TopicDescription frames = client.describeTopics(
                        List.of(Topics.FRAMES), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames()
                .get()
                .get(Topics.FRAMES);
        if (frames != null
                && frames.authorizedOperations() != null
                && !frames.authorizedOperations().contains(AclOperation.WRITE)) {
            found.add("the broker at " + admin.bootstrap() + " does not let this service write to topic "
                    + Topics.FRAMES + "; allow it");
        }
        int partitions = frames == null ? 0 : frames.partitions().size();
        if (partitions < Topics.FRAME_PARTITIONS) {
            found.add("topic " + Topics.FRAMES + " at " + admin.bootstrap() + " has " + partitions
                    + " partitions; add partitions until it has " + Topics.FRAME_PARTITIONS);
        }
        return found;
    }

    /**
     * Describes limits of brokers below the size of a frame, one line each. They only warrant a warning: the topic's limit overrides
     * the broker's for writing, and a follower fetches a single record that is above its limit.
     */
    private List<String> brokerLimitsBelowFrameSize() throws InterruptedException, ExecutionException {
        Admin client = admin.get();
        List<String> found = new ArrayList<>();
        List<ConfigResource> brokers = client.describeCluster().nodes().get().stream()
                .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
                .toList();
        Map<ConfigResource, Config> limits = configs(client, brokers);
        for (ConfigResource broker : brokers) {
            tooSmall(limits.get(broker), "replica.fetch.max.bytes", "broker " + broker.name(), found);
            tooSmall(limits.get(broker), "message.max.bytes", "broker " + broker.name(), found);
        }
        return found;
    }

    /** Settings of the resources; empty when this service may not read them, which must not keep jobs from running. */
    private static Map<ConfigResource, Config> configs(Admin client, List<ConfigResource> resources)
            throws InterruptedException, ExecutionException {
        try {
            return client.describeConfigs(resources).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.debugf(
                        "this service may not read the settings of %s: %s",
                        resources, e.getCause().getMessage());
                return Map.of();
            }
            throw e;
        }
    }

    private static void createMissing(Admin client) throws InterruptedException, ExecutionException {
        Set<String> existing = client.listTopics().names().get();
        List<NewTopic> missing = Topics.all().stream()
                .filter(t -> !existing.contains(t.name()))
                .map(t -> new NewTopic(t.name(), Optional.of(t.partitions()), Optional.<Short>empty())
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

    private void tooSmall(@Nullable Config config, String key, String where, List<String> found) {
        ConfigEntry entry = config == null ? null : config.get(key);
        if (entry != null && entry.value() != null && Long.parseLong(entry.value()) < Topics.MAX_RECORD_BYTES) {
            found.add(where + " at " + admin.bootstrap() + " has " + key + "=" + entry.value()
                    + ", too small for frames; set it to " + Topics.MAX_RECORD_BYTES + " or more");
        }
    }
}
