package io.framequota.ingest.testing;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.live.PushedStreams;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.live.LiveReader;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Streams whose pictures a test sends one by one: pushed under a key, or at the address {@code rtmp://host/KEY}. Others do not answer. */
@Singleton
@Alternative
public class ScriptedStreams implements LiveReader.Factory, PushedStreams {
    private static final String HOST = "rtmp://host/";

    private final Map<String, BlockingQueue<Publisher>> publishers = new ConcurrentHashMap<>();

    /** Begins to publish. */
    public Publisher publish(String key) {
        Publisher publisher = new Publisher();
        publishers.computeIfAbsent(key, k -> new LinkedBlockingQueue<>()).add(publisher);
        return publisher;
    }

    /** A publisher whose pictures come at 10 frames a second, each a key picture, by their time stamps; in fact at once. */
    public static final class Publisher extends InputStream implements LiveReader {
        private static final int BREAK = -1;

        private final BlockingQueue<Integer> pictures = new LinkedBlockingQueue<>();
        private int sent;
        private int current;
        private volatile boolean closed;

        /** Sends so many pictures. */
        public void send(int count) {
            for (int i = 0; i < count; i++) {
                pictures.add(sent++);
            }
        }

        /** Breaks the connection off. */
        public void breakOff() {
            pictures.add(BREAK);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("nothing is demuxed in this test");
        }

        @Override
        public VideoInfo info() {
            return new VideoInfo(64, 48, 0, 0, 10, "h264", false, Projection.FLAT);
        }

        @Override
        public CodecParameters parameters() {
            return CodecParameters.newBuilder().setCodec("h264").build();
        }

        @Override
        public boolean parametersChanged() {
            return false;
        }

        @Override
        public boolean next() throws SourceException {
            try {
                Integer next = null;
                while (next == null) {
                    if (closed) {
                        return false;
                    }
                    next = pictures.poll(20, TimeUnit.MILLISECONDS);
                }
                if (next == BREAK) {
                    throw new SourceException("the connection broke off");
                }
                current = next;
                return true;
            } catch (InterruptedException e) {
                return false;
            }
        }

        @Override
        public AccessUnit.Builder unit() {
            return AccessUnit.newBuilder()
                    .setData(ByteString.copyFromUtf8("p" + current))
                    .setKey(true)
                    .setPtsMs(current * 100.0);
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private Optional<Publisher> await(String key, Duration wait) throws InterruptedException {
        return Optional.ofNullable(publishers
                .computeIfAbsent(key, k -> new LinkedBlockingQueue<>())
                .poll(wait.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override
    public LiveReader open(LiveReader.Input input) throws SourceException {
        return switch (input) {
            case LiveReader.Input.Pushed(InputStream flv) -> (Publisher) flv;
            case LiveReader.Input.Address(String url, Duration silence) -> {
                try {
                    yield (url.startsWith(HOST)
                                    ? await(url.substring(HOST.length()), Duration.ZERO)
                                    : Optional.<Publisher>empty())
                            .orElseThrow(() -> new SourceException("nothing answers at " + url));
                } catch (InterruptedException e) {
                    throw new SourceException("stopped");
                }
            }
        };
    }

    @Override
    public Reservation reserve(String key) {
        return new Reservation() {
            @Override
            public Optional<InputStream> take(Duration wait) throws InterruptedException {
                return await(key, wait).map(p -> p);
            }

            @Override
            public long dropped() {
                return 0;
            }

            @Override
            public void close() {}
        };
    }
}
