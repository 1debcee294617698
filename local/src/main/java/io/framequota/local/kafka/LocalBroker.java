package io.framequota.local.kafka;

import io.framequota.contract.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/** A Kafka broker with its own controller and the system's topics, inside this JVM. One for each data folder. */
public final class LocalBroker implements AutoCloseable {
    private final KafkaRaftServer server;
    private final String bootstrap;
    private final @Nullable BrokerLogin login;

    private LocalBroker(KafkaRaftServer server, String bootstrap, @Nullable BrokerLogin login) {
        this.server = server;
        this.bootstrap = bootstrap;
        this.login = login;
    }

    /**
     * Starts a broker without authentication, for tests. Formats a new folder and creates missing topics.
     *
     * @param data the broker's folder; a restart finds its records again
     * @param port of the broker
     * @param controllerPort of the controller
     * @throws IOException when the folder cannot be used
     */
    public static LocalBroker start(Path data, int port, int controllerPort) throws IOException {
        return start(data, BrokerListeners.onLoopback(port, controllerPort), null);
    }

    /** As above, with authentication. */
    static LocalBroker start(Path data, int port, int controllerPort, BrokerLogin login) throws IOException {
        return start(data, BrokerListeners.onLoopback(port, controllerPort), login);
    }

    /** As above, at given addresses; without a login there is no authentication. */
    static LocalBroker start(Path data, BrokerListeners listeners, @Nullable BrokerLogin login) throws IOException {
        Files.createDirectories(data);
        Properties properties = properties(data, listeners);
        if (login != null) {
            login.addTo(properties, BrokerListeners.NAMES);
        }
        if (!Files.exists(data.resolve("meta.properties"))) {
            format(data);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        server.startup();
        LocalBroker broker = new LocalBroker(server, listeners.bootstrap(), login);
        try {
            broker.createMissingTopics(data);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    /** The bootstrap address for clients. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Blocks until the broker has shut down. */
    public void awaitShutdown() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path data) throws IOException {
        try {
            new Formatter()
                    .setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(data.toString())
                    .setDirectories(Set.of(data.toString()))
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .run();
        } catch (Exception e) {
            throw new IOException("cannot format the broker's folder " + data + ": " + e.getMessage(), e);
        }
    }

    private static Properties properties(Path data, BrokerListeners listeners) {
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", "1");
        listeners.addTo(p);
        p.put("log.dirs", data.toString());
        p.put("auto.create.topics.enable", "false");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("offsets.topic.num.partitions", "1");
        for (String one : List.of(
                "offsets.topic.replication.factor",
                "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr",
                "transaction.state.log.num.partitions",
                "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr")) {
            p.put(one, "1");
        }
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "2");
        p.put("num.recovery.threads.per.data.dir", "1");
        p.put("background.threads", "2");
        p.put("log.cleaner.enable", "false");
        // Segments of committed frames are deleted at once, so that the next frames reuse their pages: a frame of 292
        // kB
        // took 0.4 ms in new pages and 0.07 ms in reused ones, on a virtual machine.
        p.put("log.retention.check.interval.ms", "200");
        p.put("log.initial.task.delay.ms", "1000");
        // By default the controller writes a record of nothing to its log twice a second, to show followers that it
        // lives.
        p.put("metadata.max.idle.interval.ms", "0");
        p.put("message.max.bytes", "" + Topics.MAX_RECORD_BYTES);
        p.put("replica.fetch.max.bytes", "" + Topics.MAX_RECORD_BYTES);
        p.put("socket.request.max.bytes", "" + 4 * Topics.MAX_RECORD_BYTES);
        p.put("socket.send.buffer.bytes", "1048576");
        p.put("socket.receive.buffer.bytes", "1048576");
        return p;
    }

    private void createMissingTopics(Path data) {
        // The folders show which topics exist; an admin client would take a third of a second.
        boolean complete = Topics.all().stream()
                .allMatch(t -> Files.isDirectory(data.resolve(t.name() + "-" + (t.partitions() - 1))));
        if (complete) {
            return;
        }
        Map<String, Object> settings = new HashMap<>(login == null ? Map.of() : login.settings());
        settings.put("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(settings)) {
            var results = admin.createTopics(Topics.all().stream()
                            .map(t -> new NewTopic(t.name(), t.partitions(), (short) 1).configs(t.config()))
                            .toList())
                    .values();
            for (var result : results.values()) {
                try {
                    result.get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException("cannot create the topics: " + e.getCause(), e);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while creating the topics", e);
                }
            }
        }
    }
}
