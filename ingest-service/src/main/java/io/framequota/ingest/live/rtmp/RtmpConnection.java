package io.framequota.ingest.live.rtmp;

import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.StreamKey;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One client of the listener, from the handshake to the end. */
final class RtmpConnection implements Runnable {
    private static final Logger LOG = Logger.getLogger(RtmpConnection.class);

    private static final int VERSION = 3;
    private static final int HANDSHAKE = 1536;
    private static final int WINDOW = 2_500_000;
    private static final byte DYNAMIC_LIMIT = 2;
    private static final int MEDIA_STREAM = 1;
    private static final int PING = 6;
    private static final int PONG = 7;
    private static final String APPLICATION = "live";

    /** Largest picture: a key picture of 8K at a high rate has about 3 MB. */
    private static final int MAX_VIDEO = 4 << 20;

    /** Configurations are kept beside the video that waits, and a few parameter sets have hundreds of bytes. */
    private static final int MAX_CONFIGURATION = 64 << 10;

    /** Guessing a key costs this long. */
    private static final int REFUSAL_MS = 500;

    private static final int DRAIN_MS = 1000;
    private static final int MAX_SHOWN = 64;
    /** Most characters of an application or a stream; a key is far shorter. */
    private static final int MAX_NAME = 4096;

    private final Socket socket;
    private final StreamKeys keys;
    private final RtmpBounds bounds;
    private final RefusalLog refusals;
    private final String from;
    /** Since when it has neither published nor watched. */
    private volatile long since = System.nanoTime();

    private final RtmpChunkReader reader;
    private final RtmpChunkWriter writer;
    private boolean connected;
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable Publication published;
    private @Nullable Publication watched;
    private @Nullable PushedVideo view;
    private String application = "";
    private String key = "";
    private long window = WINDOW;
    private long acknowledged;
    private volatile boolean opened;
    /** Since when a write to somebody who watches waits; 0 when none does. */
    private volatile long writingSince;

    private volatile boolean closed;

    RtmpConnection(Socket socket, StreamKeys keys, RtmpBounds bounds, RefusalLog refusals) throws IOException {
        this.socket = socket;
        this.keys = keys;
        this.bounds = bounds;
        this.refusals = refusals;
        from = socket.getInetAddress().getHostAddress();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) bounds.opening().toMillis());
        reader = new RtmpChunkReader(socket.getInputStream());
        writer = new RtmpChunkWriter(socket.getOutputStream());
    }

    /** Address of the client. */
    String from() {
        return from;
    }

    /** Closes the connection of a client that takes too long until it publishes, or to take what it watches. For any thread. */
    void closeIfLate() {
        long now = System.nanoTime();
        boolean late = !opened && now - since > bounds.opening().toNanos();
        boolean stuck = writingSince != 0 && now - writingSince > bounds.idle().toNanos();
        if (late || stuck) {
            close();
        }
    }

    /** Ends the connection. For any thread. */
    void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed as far as it can be.
        }
    }

    @Override
    public void run() {
        String why = "the publisher closed the connection";
        try (socket) {
            handshake();
            RtmpMessage message = reader.next();
            while (message != null && !closed) {
                writing.lock();
                try {
                    handle(message);
                    acknowledge();
                    writer.flush();
                } finally {
                    writing.unlock();
                }
                message = reader.next();
            }
        } catch (RtmpProtocolException e) {
            why = "the publisher breaks the protocol: " + e.getMessage();
            refusals.log(from, why);
        } catch (SocketTimeoutException e) {
            why = "the publisher sent nothing for " + bounds.idle().toSeconds() + " s";
        } catch (EOFException | SocketException e) {
            why = "the connection to the publisher broke off";
        } catch (IOException e) {
            why = "the connection to the publisher failed";
            LOG.debugf(e, "RTMP connection from %s", from);
        } finally {
            if (published != null) {
                published.fail(why);
                LOG.infof("stream with key %s from %s: %s", StreamKey.masked(key), from, why);
            }
            if (watched != null && view != null) {
                watched.leave(view);
                view.close();
            }
        }
    }

    private void handshake() throws IOException {
        int version = reader.bytes(1)[0];
        if (version != VERSION) {
            throw new RtmpProtocolException("version " + version + " of RTMP, or another protocol; 3 is spoken here");
        }
        byte[] theirs = reader.bytes(HANDSHAKE);
        byte[] ours = new byte[1 + HANDSHAKE];
        ours[0] = VERSION;
        writer.raw(ours);
        writer.raw(theirs);
        writer.flush();
        reader.bytes(HANDSHAKE);
    }

    private void acknowledge() throws IOException {
        long received = reader.received();
        if (received - acknowledged >= window / 2) {
            writer.control(RtmpMessage.ACKNOWLEDGEMENT, (int) received);
            acknowledged = received;
        }
    }

    private void handle(RtmpMessage message) throws IOException {
        byte[] body = message.body();
        switch (message.type()) {
            case RtmpMessage.SET_CHUNK_SIZE -> reader.chunkSize(number(body, 0));
            case RtmpMessage.ABORT -> reader.abort((int) number(body, 0));
            case RtmpMessage.WINDOW_SIZE -> window = Math.max(2, number(body, 0));
            case RtmpMessage.USER_CONTROL -> answerPing(body);
            case RtmpMessage.COMMAND -> command(message, 0);
            // A byte for the format of what follows, which is AMF0 all the same.
            case RtmpMessage.COMMAND_AMF3 -> command(message, 1);
            case RtmpMessage.AUDIO -> {
                if (published != null) {
                    published.sound();
                }
            }
            case RtmpMessage.VIDEO -> {
                if (published != null && VideoTag.isVideo(message)) {
                    VideoTag tag = VideoTag.of(message);
                    if (tag.configuration() && message.body().length > MAX_CONFIGURATION) {
                        throw new RtmpProtocolException("a configuration of " + message.body().length + " bytes");
                    }
                    published.add(tag);
                }
            }
            default -> {
                // Texts about the stream, acknowledgements: nothing that we need.
            }
        }
    }

    private static long number(byte[] body, int at) throws RtmpProtocolException {
        if (body.length < at + 4) {
            throw new RtmpProtocolException("a control message is too short");
        }
        long value = 0;
        for (int i = at; i < at + 4; i++) {
            value = value << 8 | body[i] & 0xFF;
        }
        return value;
    }

    private void answerPing(byte[] body) throws IOException {
        if (body.length >= 6 && body[0] == 0 && body[1] == PING) {
            byte[] pong = java.util.Arrays.copyOf(body, 6);
            pong[1] = PONG;
            writer.write(new RtmpMessage(RtmpMessage.USER_CONTROL, 0, 0, pong));
        }
    }

    private void command(RtmpMessage message, int at) throws IOException {
        if (message.body().length <= at) {
            throw new RtmpProtocolException("an empty command");
        }
        List<@Nullable Object> values = Amf0.read(message.body(), at);
        Object name = values.getFirst();
        Object transaction = values.size() > 1 ? values.get(1) : null;
        Object argument = values.size() > 3 ? values.get(3) : null;
        if (!(name instanceof String command)) {
            throw new RtmpProtocolException("a command without a name");
        }
        if (command.equals("connect")) {
            connect(transaction, values.size() > 2 ? values.get(2) : null);
            return;
        }
        if (!connected) {
            throw new RtmpProtocolException("the command " + shown(command) + " before connect");
        }
        switch (command) {
            case "releaseStream", "FCPublish" -> result(transaction, null);
            case "createStream" -> result(transaction, (double) MEDIA_STREAM);
            case "publish" -> publish(name(argument));
            case "play" -> play(name(argument));
            case "FCUnpublish", "deleteStream", "closeStream" -> unpublish();
            default -> {
                // Such as _checkbw and getStreamLength; clients do without an answer.
            }
        }
    }

    /** A name without what a client adds as in a query. */
    private static String plain(String text) {
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query);
    }

    private static String withoutSlashes(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        return text.substring(0, end);
    }

    private static String shown(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9_]", "?");
        return plain.length() > MAX_SHOWN ? plain.substring(0, MAX_SHOWN) : plain;
    }

    private void connect(@Nullable Object transaction, @Nullable Object properties) throws IOException {
        Object app = properties instanceof Map<?, ?> map ? map.get("app") : null;
        // No name is longer than this. An expression on a longer text would take quadratic time.
        application = app instanceof String text && text.length() <= MAX_NAME ? withoutSlashes(plain(text)) : "";
        if (!application.equals(APPLICATION) && !application.startsWith(APPLICATION + "/")) {
            command(
                    0,
                    "_error",
                    transaction,
                    null,
                    status("error", "NetConnection.Connect.Rejected", "publish to rtmp://HOST/live/KEY"));
            refuse("an application other than " + APPLICATION + "; publish to rtmp://HOST/live/KEY");
            return;
        }
        connected = true;
        writer.control(RtmpMessage.WINDOW_SIZE, WINDOW);
        byte[] bandwidth = java.util.Arrays.copyOf(RtmpChunkWriter.number(WINDOW), 5);
        bandwidth[4] = DYNAMIC_LIMIT;
        writer.write(new RtmpMessage(RtmpMessage.PEER_BANDWIDTH, 0, 0, bandwidth));
        writer.enlarge();
        Map<String, @Nullable Object> info = status("status", "NetConnection.Connect.Success", "Connection succeeded.");
        info.put("objectEncoding", 0.0);
        // Enhanced RTMP: 4 says that we forward such a stream, to whoever decodes it.
        info.put("videoFourCcInfoMap", Map.of("avc1", 4.0, "hvc1", 4.0, "av01", 4.0, "vp09", 4.0));
        Map<String, @Nullable Object> server = new LinkedHashMap<>();
        server.put("fmsVer", "FMS/3,0,1,123");
        server.put("capabilities", 31.0);
        command(0, "_result", transaction, server, info);
    }

    private static Map<String, @Nullable Object> status(String level, String code, String description) {
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("level", level);
        status.put("code", code);
        status.put("description", description);
        return status;
    }

    private void result(@Nullable Object transaction, @Nullable Object value) throws IOException {
        command(0, "_result", transaction, null, value);
    }

    private void command(int stream, @Nullable Object... values) throws IOException {
        writer.write(new RtmpMessage(RtmpMessage.COMMAND, stream, 0, Amf0.write(values)));
    }

    /** Name of a stream behind the application. Clients take a part of a longer one for the application's. */
    private String name(@Nullable Object argument) {
        String stream = argument instanceof String text && text.length() <= MAX_NAME ? plain(text) : "";
        String before = application.substring(APPLICATION.length());
        before = before.startsWith("/") ? before.substring(1) : before;
        return before.isEmpty() ? stream : before + "/" + stream;
    }

    private void publish(String stream) throws IOException {
        checkUnused();
        key = stream;
        switch (keys.publish(key, this::close)) {
            case StreamKeys.Answer.Accepted accepted -> {
                published = accepted.stream();
                // From here on the job waits for the picture.
                opened = true;
                reader.allowVideo(MAX_VIDEO);
                socket.setSoTimeout((int) bounds.idle().toMillis());
                LOG.infof("stream with key %s comes from %s", StreamKey.masked(key), from);
                status("status", "NetStream.Publish.Start");
            }
            case StreamKeys.Answer.Refused refused -> {
                command(
                        MEDIA_STREAM,
                        "onStatus",
                        0.0,
                        null,
                        status("error", "NetStream.Publish.BadName", refused.why()));
                refuse(refused.why() + " (" + StreamKey.masked(key) + ")");
            }
        }
    }

    private void status(String level, String code) throws IOException {
        command(MEDIA_STREAM, "onStatus", 0.0, null, status(level, code, ""));
    }

    private void checkUnused() throws RtmpProtocolException {
        if (published != null || view != null) {
            throw new RtmpProtocolException("a second stream in one connection");
        }
    }

    private void play(String stream) throws IOException {
        checkUnused();
        Optional<Publication> found = keys.published(stream);
        if (found.isEmpty()) {
            String why = "nobody publishes this key now";
            command(MEDIA_STREAM, "onStatus", 0.0, null, status("error", "NetStream.Play.StreamNotFound", why));
            refuse(why + " (" + StreamKey.masked(stream) + ")");
            return;
        }
        PushedVideo begun = keys.watch(found.get());
        watched = found.get();
        view = begun;
        opened = true;
        // Who watches has nothing to say.
        socket.setSoTimeout(0);
        writer.write(new RtmpMessage(RtmpMessage.USER_CONTROL, 0, 0, new byte[] {0, 0, 0, 0, 0, MEDIA_STREAM}));
        status("status", "NetStream.Play.Start");
        writer.flush();
        Threads.virtual("rtmp-view-" + from, () -> show(begun)).start();
    }

    /** Sends a stream to somebody who watches it; on a thread of its own. */
    private void show(PushedVideo stream) {
        try {
            for (VideoTag tag = stream.next(); tag != null && !closed; tag = stream.next()) {
                writingSince = System.nanoTime();
                writing.lock();
                try {
                    writer.write(tag.message(MEDIA_STREAM));
                    writer.flush();
                } finally {
                    writing.unlock();
                }
                writingSince = 0;
            }
        } catch (IOException e) {
            LOG.debugf("whoever watched %s from %s is gone: %s", StreamKey.masked(key), from, e.getMessage());
        } finally {
            close();
        }
    }

    private void unpublish() throws IOException {
        if (published != null) {
            published.end();
            LOG.infof("stream with key %s from %s has ended", StreamKey.masked(key), from);
            published = null;
            // It has the time of a new connection to publish again, whatever else it sends.
            since = System.nanoTime();
            opened = false;
            status("status", "NetStream.Unpublish.Success");
        }
    }

    /** Says no, and gives the client time to read it. */
    private void refuse(String why) throws IOException {
        refusals.log(from, why);
        try {
            Thread.sleep(REFUSAL_MS);
            writer.flush();
            socket.shutdownOutput();
            socket.setSoTimeout(DRAIN_MS);
            long until = System.nanoTime() + DRAIN_MS * 1_000_000L;
            byte[] rest = new byte[4096];
            while (System.nanoTime() < until && socket.getInputStream().read(rest) >= 0) {
                // What the client has sent meanwhile; closing before it was read would take our answer back.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }
}
