package io.framequota.media.live.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.encode.ffmpeg.LiveEncoder;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom FFmpeg believes: a server sees nothing of a stream's address and key before its certificate has been checked. */
@Timeout(120)
class LiveCertificatesIT {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final Map<String, KeyStore> SERVERS = new HashMap<>();
    private static final LiveNetwork LOOPBACK = new LiveNetwork() {
        @Override
        public InetAddress lookUp(URI address) {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public WebStream request(URI address, Duration silence) {
            throw new UnsupportedOperationException();
        }
    };

    @TempDir
    static Path folder;

    @BeforeAll
    static void trust() throws Exception {
        make("valid", "localhost");
        make("of another name", "other.example");
        make("of a stranger", "localhost");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String known : new String[] {"valid", "of another name"}) {
            trusted.setCertificateEntry(known, SERVERS.get(known).getCertificate("server"));
        }
        Path file = folder.resolve("trusted.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted.store(out, PASSWORD);
        }
        assertThat(System.getProperty(STORE)).isNull();
        System.setProperty(STORE, file.toString());
        System.setProperty(STORE_PASSWORD, new String(PASSWORD));
    }

    @AfterAll
    static void distrust() {
        System.clearProperty(STORE);
        System.clearProperty(STORE_PASSWORD);
    }

    private static void make(String server, String name) throws Exception {
        Path file = folder.resolve(server.replace(' ', '-') + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:" + name,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        SERVERS.put(server, store);
    }

    private static SSLServerSocket listen(String server) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(SERVERS.get(server), PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    /** The first byte that a server is told, or -1 when it is told none. */
    private static CompletableFuture<Integer> firstByte(SSLServerSocket listening) {
        CompletableFuture<Integer> first = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (SSLSocket socket = (SSLSocket) listening.accept()) {
                first.complete(socket.getInputStream().read());
            } catch (IOException e) {
                first.complete(-1);
            }
        });
        return first;
    }

    private static int told(SSLServerSocket listening, CompletableFuture<Integer> first) throws Exception {
        assertThat(listening.isClosed()).isFalse();
        return first.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "valid, rtmps, 3",
        "of another name, rtmps, -1",
        "of a stranger, rtmps, -1",
        "valid, rtsps, 79",
        "of another name, rtsps, -1",
        "of a stranger, rtsps, -1"
    })
    void readsFromWhomItBelieves(String server, String scheme, int expected) throws Exception {
        LiveReader.Factory readers = new FfmpegLiveReaders(SourceLimits.DEFAULT, LOOPBACK);
        try (SSLServerSocket listening = listen(server)) {
            CompletableFuture<Integer> first = firstByte(listening);
            String url = scheme + "://localhost:" + listening.getLocalPort() + "/live/a-key";

            assertThatThrownBy(() -> readers.open(new LiveReader.Input.Address(url, Duration.ofSeconds(5))))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("the server's certificate must be valid for its name");
            assertThat(told(listening, first)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"valid, 3", "of another name, -1", "of a stranger, -1"})
    void publishesToWhomItBelieves(String server, int expected) throws Exception {
        try (SSLServerSocket listening = listen(server);
                LiveEncoder encoder = new LiveEncoder(160, 120, 10, ColorInfo.BT709)) {
            CompletableFuture<Integer> first = firstByte(listening);
            URI target = URI.create("rtmps://localhost:" + listening.getLocalPort() + "/live/a-key");

            assertThatThrownBy(() -> new FfmpegLiveWriters(LOOPBACK).publish(target, encoder.parameters()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the server's certificate must be valid for its name")
                    .hasMessageNotContaining("a-key");
            assertThat(told(listening, first)).isEqualTo(expected);
        }
    }

    @Test
    void refusesANumberForWhichNoCertificateIsChecked() throws Exception {
        LiveReader.Factory readers = new FfmpegLiveReaders(SourceLimits.DEFAULT, LOOPBACK);
        for (String host : new String[] {"127.0.0.1", "[::1]"}) {
            assertThatThrownBy(() -> readers.open(
                            new LiveReader.Input.Address("rtsps://u:p@" + host + "/x", Duration.ofSeconds(5))))
                    .isInstanceOf(SourceException.class)
                    .hasMessage("rtsps://" + host + " has a number as its host, for which no certificate can be"
                            + " checked; write the server's name");
        }
    }
}
