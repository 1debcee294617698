package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real broker of somebody else's: its clients come over TLS, under a certificate that only its own authority vouches for,
 * and tell who they are by SCRAM. It has no topics.
 */
final class SecuredBroker implements AutoCloseable {
    static final String USER = "framequota";
    /** With what shells, properties and expressions treat in their own ways. */
    static final String PASSWORD = "p$a{ss} w0rd=#";

    private static final String STORE_PASSWORD = "of-the-store";
    private static final String MECHANISM = "SCRAM-SHA-512";

    private final KafkaRaftServer server;
    private final String bootstrap;
    private final String authority;

    private SecuredBroker(KafkaRaftServer server, String bootstrap, String authority) {
        this.server = server;
        this.bootstrap = bootstrap;
        this.authority = authority;
    }

    /** Starts on a folder that does not exist yet, with certificates made for it. */
    static SecuredBroker start(Path folder) throws Exception {
        Files.createDirectories(folder);
        Path data = folder.resolve("data");
        String authority = makeCertificates(folder);
        String bootstrap = "127.0.0.1:" + Server.freePort();
        format(data);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties(folder, data, bootstrap)), Time.SYSTEM);
        server.startup();
        return new SecuredBroker(server, bootstrap, authority);
    }

    /** What the chart puts into the environment of every client with {@code kafka.mode=external}. */
    Map<String, String> environment() {
        return Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                bootstrap,
                "KAFKA_SECURITY_PROTOCOL",
                "SASL_SSL",
                "KAFKA_SASL_MECHANISM",
                MECHANISM,
                "KAFKA_SASL_JAAS_CONFIG",
                login(PASSWORD),
                "KAFKA_SSL_TRUSTSTORE_TYPE",
                "PEM",
                "KAFKA_SSL_TRUSTSTORE_CERTIFICATES",
                authority);
    }

    /** The same for a client in this process, in Kafka's own names. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        environment()
                .forEach((name, value) -> settings.put(
                        name.substring("KAFKA_".length())
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', '.'),
                        value));
        return settings;
    }

    /** How a client with this password logs in. */
    static String login(String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                + password + "\";";
    }

    /** Makes {@code broker.p12} with the broker's key and gives the authority's certificate, PEM. */
    private static String makeCertificates(Path folder) throws IOException, InterruptedException {
        Path store = folder.resolve("broker.p12");
        keytool(store, "-genkeypair", "-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c", "-keyalg", "EC");
        keytool(
                store,
                "-genkeypair",
                "-alias",
                "broker",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:127.0.0.1",
                "-keyalg",
                "EC",
                "-signer",
                "authority");
        Path pem = folder.resolve("ca.crt");
        keytool(store, "-exportcert", "-rfc", "-alias", "authority", "-file", pem.toString());
        // A broker with two keys might show the wrong one.
        keytool(store, "-delete", "-alias", "authority");
        return Files.readString(pem);
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", STORE_PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static void format(Path data) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(data.toString())
                .setDirectories(Set.of(data.toString()))
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setScramArguments(List.of(MECHANISM + "=[name=" + USER + ",password=\"" + PASSWORD + "\"]"))
                .run();
    }

    private static Properties properties(Path folder, Path data, String bootstrap) {
        String own = "127.0.0.1:" + Server.freePort();
        String controller = "127.0.0.1:" + Server.freePort();
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", "1");
        p.put("log.dirs", data.toString());
        p.put("controller.quorum.voters", "1@" + controller);
        p.put("controller.listener.names", "CONTROLLER");
        p.put("inter.broker.listener.name", "OWN");
        p.put("listeners", "CLIENTS://" + bootstrap + ",OWN://" + own + ",CONTROLLER://" + controller);
        p.put("advertised.listeners", "CLIENTS://" + bootstrap + ",OWN://" + own);
        p.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,OWN:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put(
                "listener.name.clients.ssl.keystore.location",
                folder.resolve("broker.p12").toString());
        p.put("listener.name.clients.ssl.keystore.password", STORE_PASSWORD);
        p.put("listener.name.clients.ssl.keystore.type", "PKCS12");
        p.put("listener.name.clients.sasl.enabled.mechanisms", MECHANISM);
        p.put(
                "listener.name.clients.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        p.put("auto.create.topics.enable", "false");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("offsets.topic.num.partitions", "1");
        p.put("offsets.topic.replication.factor", "1");
        p.put("message.max.bytes", "16777216");
        p.put("replica.fetch.max.bytes", "16777216");
        return p;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
