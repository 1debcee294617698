package io.framequota.ingest.live.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.framequota.ingest.live.PushedStreams.Reservation;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients made by hand do to the listener. */
@Timeout(90)
class RtmpServerTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int CONNECTIONS_OF_ONE = 20;

    /** Nothing is closed because of the time while a test runs: clients wait 20 s. */
    private static final Duration NEVER = Duration.ofSeconds(60);

    private static final Duration BRIEF = Duration.ofSeconds(2);

    private final StreamKeys keys = new StreamKeys(KeyPolicy.LAST_WINS, NEVER, true, _ -> false);
    private final RefusalLog refusals = new RefusalLog();
    private RtmpServer server;

    @BeforeEach
    void start() throws IOException {
        server = serve(keys, NEVER, NEVER);
    }

    private RtmpServer serve(StreamKeys served, Duration opening, Duration idle) throws IOException {
        return new RtmpServer(
                InetAddress.getLoopbackAddress(),
                0,
                served,
                new RtmpBounds(40, CONNECTIONS_OF_ONE, opening, idle),
                refusals);
    }

    /** In the place of the server whose bounds are never reached. */
    private void serveWhoOpensWithin(Duration opening) throws IOException {
        server.close();
        server = serve(keys, opening, NEVER);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RtmpClient client() throws IOException {
        return new RtmpClient(server.port());
    }

    private static void pictures(RtmpClient client, int number) throws IOException {
        client.write(RtmpMessage.VIDEO, 0, RtmpClient.configuration());
        for (int i = 0; i < number; i++) {
            client.write(RtmpMessage.AUDIO, i * 100L, new byte[20]);
            client.write(RtmpMessage.VIDEO, i * 100L, RtmpClient.picture(i % 10 == 0, 1000));
        }
    }

    private void acceptsAPublisher() throws Exception {
        try (Reservation job = keys.reserve("sound");
                RtmpClient client = client()) {
            assertThat(client.publish("sound")).isEqualTo("NetStream.Publish.Start");
            assertThat(job.take(SOON)).isPresent();
        }
    }

    @Test
    void givesAJobTheVideoOfItsPublisher() throws Exception {
        try (Reservation job = keys.reserve("camera-1");
                RtmpClient client = client()) {
            assertThat(client.publish("camera-1?user=a")).isEqualTo("NetStream.Publish.Start");
            InputStream flv = job.take(SOON).orElseThrow();
            pictures(client, 20);
            client.command("FCUnpublish", 4.0, null, "camera-1");

            byte[] bytes = flv.readAllBytes();
            assertThat(bytes).hasSize(13 + (11 + 8 + 4) + 20 * (11 + 1000 + 4));
            assertThat(job.dropped()).isZero();
            assertThat(job.take(Duration.ofMillis(10))).isEmpty();
        }
    }

    @Test
    void refusesAKeyThatNoJobListensTo() throws Exception {
        try (RtmpClient client = client()) {
            assertThat(client.publish("stranger")).isEqualTo("NetStream.Publish.BadName");
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(refusals.total()).isEqualTo(1);
        acceptsAPublisher();
    }

    @Test
    void refusesAnotherApplication() throws Exception {
        try (RtmpClient client = client()) {
            client.handshake().command("connect", 1.0, Map.of("app", "vod"));
            assertThat(client.answer("_error")).hasSize(4);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void survivesAThousandHandshakesThatStopHalfWay() throws Exception {
        serveWhoOpensWithin(BRIEF);
        List<RtmpClient> half = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            try {
                RtmpClient client = client();
                half.add(client);
                client.out().write(new byte[] {3, 0, 0, 0});
            } catch (IOException e) {
                // Refused at once, which is as good.
            }
            assertThat(server.connections()).isLessThanOrEqualTo(CONNECTIONS_OF_ONE);
        }
        await().atMost(SOON).until(() -> server.connections() == 0);
        for (RtmpClient client : half) {
            client.close();
        }
        acceptsAPublisher();
    }

    @Test
    void dropsWhoSaysOneByteAtATime() throws Exception {
        serveWhoOpensWithin(BRIEF);
        try (RtmpClient client = client()) {
            client.out().write(3);
            long from = System.nanoTime();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 300; i++) {
                            client.out().write(0);
                            Thread.sleep(100);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void dropsChunksOf16Megabytes() throws Exception {
        try (RtmpClient client = client()) {
            client.handshake().write(RtmpMessage.SET_CHUNK_SIZE, 0, RtmpChunkWriter.number(0xFFFFFF));
            assertThat(client.isClosed()).isTrue();
        }
        acceptsAPublisher();
    }

    @Test
    void dropsCommandsThatAreNestedTooDeep() throws Exception {
        byte[] deep = new byte[40_000];
        for (int i = 0; i + 4 <= deep.length; i += 4) {
            deep[i] = 3;
            deep[i + 2] = 1;
            deep[i + 3] = 'x';
        }
        try (RtmpClient client = client()) {
            client.handshake().write(RtmpMessage.COMMAND, 0, deep);
            assertThat(client.isClosed()).isTrue();
        }
        acceptsAPublisher();
    }

    @Test
    void dropsLargeMessagesOfWhoHasNoKey() throws Exception {
        try (RtmpClient client = client()) {
            client.connect().write(RtmpMessage.VIDEO, 0, new byte[500_000]);
            assertThat(client.isClosed()).isTrue();
        } catch (java.net.SocketException e) {
            // Closed while the message was written.
        }
        acceptsAPublisher();
    }

    @Test
    void dropsAPublisherOfALargeConfiguration() throws Exception {
        byte[] large = Arrays.copyOf(RtmpClient.configuration(), 70_000);
        try (Reservation job = keys.reserve("k");
                RtmpClient client = client()) {
            assertThat(client.publish("k")).isEqualTo("NetStream.Publish.Start");
            assertThat(job.take(SOON)).isPresent();
            client.write(RtmpMessage.VIDEO, 0, large);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void dropsAnotherProtocol() throws Exception {
        try (RtmpClient client = client()) {
            client.out()
                    .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void boundsTheConnectionsOfOneAddress() throws Exception {
        List<RtmpClient> many = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_OF_ONE; i++) {
            many.add(client().handshake());
        }
        try (RtmpClient more = client()) {
            assertThat(more.isClosed()).isTrue();
        }
        for (RtmpClient client : many) {
            client.close();
        }
        await().atMost(SOON).until(() -> server.connections() == 0);
        acceptsAPublisher();
    }

    @Test
    void givesTheKeyToTheLastPublisher() throws Exception {
        try (Reservation job = keys.reserve("k");
                RtmpClient first = client();
                RtmpClient second = client()) {
            first.publish("k");
            InputStream old = job.take(SOON).orElseThrow();
            pictures(first, 3);
            assertThat(second.publish("k")).isEqualTo("NetStream.Publish.Start");

            assertThat(first.isClosed()).isTrue();
            assertThatThrownBy(old::readAllBytes).hasMessage("another publisher took the key over");
            InputStream fresh = job.take(SOON).orElseThrow();
            pictures(second, 3);
            assertThat(fresh.readNBytes(3)).isEqualTo(new byte[] {'F', 'L', 'V'});
            assertThat(keys.publishers()).isEqualTo(1);
        }
    }

    @Test
    void leavesTheKeyToTheFirstPublisherWhileItLives() throws Exception {
        StreamKeys first = new StreamKeys(KeyPolicy.FIRST_WINS, NEVER, true, _ -> false);
        try (RtmpServer strict = serve(first, NEVER, NEVER);
                Reservation job = first.reserve("k");
                RtmpClient holder = new RtmpClient(strict.port())) {
            holder.publish("k");
            assertThat(job.take(SOON)).isPresent();
            pictures(holder, 3);
            try (RtmpClient other = new RtmpClient(strict.port())) {
                assertThat(other.publish("k")).isEqualTo("NetStream.Publish.BadName");
            }
            holder.close();
            await().atMost(SOON).until(() -> first.publishers() == 0);
            try (RtmpClient other = new RtmpClient(strict.port())) {
                assertThat(other.publish("k")).isEqualTo("NetStream.Publish.Start");
            }
        }
    }

    @Test
    void takesTheKeyFromAPublisherThatSaysNothing() throws Exception {
        StreamKeys first = new StreamKeys(KeyPolicy.FIRST_WINS, BRIEF, true, _ -> false);
        try (RtmpServer strict = serve(first, NEVER, BRIEF);
                Reservation job = first.reserve("k");
                RtmpClient holder = new RtmpClient(strict.port())) {
            holder.publish("k");
            InputStream flv = job.take(SOON).orElseThrow();
            // Dead without a word: its connection stays, and nothing comes.
            assertThatThrownBy(flv::readAllBytes).hasMessageMatching("the publisher sent (nothing|no video) for .*");
            flv.close();
            await().atMost(SOON).until(() -> first.publishers() == 0);
            try (RtmpClient other = new RtmpClient(strict.port())) {
                assertThat(other.publish("k")).isEqualTo("NetStream.Publish.Start");
            }
        }
    }

    @Test
    void tellsTheJobThatItsPublisherIsGone() throws Exception {
        try (Reservation job = keys.reserve("k")) {
            RtmpClient client = client();
            client.publish("k");
            InputStream flv = job.take(SOON).orElseThrow();
            pictures(client, 2);
            client.close();
            assertThatThrownBy(flv::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the publisher");
        }
    }

    @Test
    void endsThePublisherOfAJobThatStops() throws Exception {
        try (RtmpClient client = client()) {
            try (Reservation job = keys.reserve("k")) {
                client.publish("k");
                assertThat(job.take(SOON)).isPresent();
            }
            assertThat(client.isClosed()).isTrue();
            assertThat(keys.publishers()).isZero();
        }
        acceptsAPublisher();
    }

    @Test
    void makesTheJobOfADeclaredKey() throws Exception {
        AtomicReference<StreamKeys> all = new AtomicReference<>();
        StreamKeys declaring = new StreamKeys(KeyPolicy.LAST_WINS, NEVER, true, key -> {
            if (key.equals("declared")) {
                Thread.ofVirtual().start(() -> reserveLate(all.get(), key));
            }
            return key.equals("declared");
        });
        all.set(declaring);
        try (RtmpServer strict = serve(declaring, NEVER, NEVER);
                RtmpClient client = new RtmpClient(strict.port());
                RtmpClient stranger = new RtmpClient(strict.port())) {
            assertThat(client.publish("declared")).isEqualTo("NetStream.Publish.Start");
            assertThat(stranger.publish("other")).isEqualTo("NetStream.Publish.BadName");
        }
    }

    private static void reserveLate(StreamKeys keys, String key) {
        try {
            // Behind the first look whether the job is there.
            Thread.sleep(200);
            keys.reserve(key);
        } catch (InterruptedException | SourceException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void reservesAKeyForOneJob() throws Exception {
        StreamKeys hasty = new StreamKeys(KeyPolicy.LAST_WINS, NEVER, Duration.ZERO, true, _ -> false);
        try (Reservation job = hasty.reserve("mine-1234")) {
            assertThatThrownBy(() -> hasty.reserve("mine-1234"))
                    .isInstanceOf(SourceException.class)
                    .hasMessage("another job listens to the key mi***; choose another key, or cancel that job");
            assertThat(job.take(Duration.ofMillis(1))).isEmpty();
        }
        hasty.reserve("mine-1234").close();
        for (String bad : List.of("", "a/b", "a b", "x".repeat(129), "a\nb")) {
            assertThatThrownBy(() -> keys.reserve(bad)).isInstanceOf(SourceException.class);
        }
        assertThatThrownBy(() -> new StreamKeys(KeyPolicy.LAST_WINS, SOON, false, _ -> false).reserve("k"))
                .hasMessageContaining("FRAMEQUOTA_RTMP_PORT");
    }

    @Test
    void waitsForTheKeyOfAJobThatStops() throws Exception {
        StreamKeys patient = new StreamKeys(KeyPolicy.LAST_WINS, NEVER, NEVER, true, _ -> false);
        Reservation stopping = patient.reserve("k");
        AtomicReference<Reservation> next = new AtomicReference<>();
        Thread waiting = reserving(patient, next);
        await().atMost(SOON).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(next.get()).isNull();

        stopping.close();
        assertThat(waiting.join(SOON)).isTrue();
        assertThat(next.get()).isNotNull();

        Thread interrupted = reserving(patient, new AtomicReference<>());
        await().atMost(SOON).until(() -> interrupted.getState() == Thread.State.TIMED_WAITING);
        interrupted.interrupt();
        assertThat(interrupted.join(SOON)).isTrue();
    }

    private static Thread reserving(StreamKeys keys, AtomicReference<Reservation> reserved) {
        return Thread.ofPlatform().start(() -> {
            try {
                reserved.set(keys.reserve("k"));
            } catch (SourceException | InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void closesAClientThatHasUnpublishedAndOnlyPings() throws Exception {
        serveWhoOpensWithin(BRIEF);
        try (Reservation job = keys.reserve("k");
                RtmpClient client = client()) {
            client.publish("k");
            InputStream flv = job.take(SOON).orElseThrow();
            pictures(client, 1);
            client.command("FCUnpublish", 4.0, null, "k");
            assertThat(flv.readAllBytes()).isNotEmpty();

            assertThatThrownBy(() -> {
                        while (true) {
                            client.write(RtmpMessage.USER_CONTROL, 0, new byte[] {0, 6, 1, 2, 3, 4});
                            Thread.sleep(50);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void answersPingsAndAcknowledgesBytes() throws Exception {
        try (Reservation job = keys.reserve("k");
                RtmpClient client = client()) {
            client.publish("k");
            InputStream flv = job.take(SOON).orElseThrow();
            client.write(RtmpMessage.WINDOW_SIZE, 0, RtmpChunkWriter.number(20_000));
            pictures(client, 30);
            assertThat(client.await(RtmpMessage.ACKNOWLEDGEMENT).body()).isNotEqualTo(RtmpChunkWriter.number(0));
            client.write(RtmpMessage.USER_CONTROL, 0, new byte[] {0, 6, 1, 2, 3, 4});
            assertThat(client.await(RtmpMessage.USER_CONTROL).body()).isEqualTo(new byte[] {0, 7, 1, 2, 3, 4});
            client.command("deleteStream", 5.0, null, 1.0);
            assertThat(client.answer("onStatus").get(3)).asString().contains("NetStream.Unpublish.Success");
            assertThat(flv.readAllBytes()).hasSizeGreaterThan(30_000);
        }
    }
}
