package io.framequota.ingest.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.store.LiveStore.Mark;
import io.framequota.ingest.store.LiveStore.StreamGap;
import io.framequota.ingest.testing.TestJobs;
import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveReader;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveLoopTest {
    private final TestClock clock = new TestClock();
    private final Deque<Object> streams = new ArrayDeque<>();
    private final List<LiveReader.Input> opened = new ArrayList<>();
    private final List<LivePacket> sent = new ArrayList<>();
    private final List<StreamGap> gaps = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Broker broker = new Broker();
    private Duration first = Duration.ofMillis(200);
    private @Nullable LiveLoop loop;

    /** Stores packets, but for one: it is lost at once, as when the buffer is full, or known as lost when later packets are stored. */
    private final class Broker implements LivePacketSender {
        int loses = -1;
        int knownAt = -1;
        int sends;
        private Runnable late = () -> {};

        @Override
        public void open() {}

        @Override
        public void send(int partition, String job, byte[] record, LongConsumer stored, Runnable lost) {
            int send = sends++;
            if (send == knownAt) {
                late.run();
            }
            if (send == loses) {
                if (knownAt > loses) {
                    late = lost;
                } else {
                    lost.run();
                }
                return;
            }
            try {
                sent.add(LivePacket.parseFrom(record));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
            stored.accept(1000 + sent.size() - 1);
        }
    }

    private LiveReader open(LiveReader.Input input) throws SourceException {
        opened.add(input);
        Object next = streams.isEmpty() ? new SourceException("nothing answers there") : streams.remove();
        if (next instanceof SourceException refused) {
            if (streams.isEmpty() && loop != null && told.contains("stop")) {
                loop.stop();
            }
            throw refused;
        }
        return (LiveReader) next;
    }

    private static Job job(String source, int every) {
        JobSpec plain =
                TestJobs.spec("j", ModelCard.newBuilder().setName("people").build(), every);
        JobSpec spec = new JobSpec(
                plain.id(),
                source,
                source,
                plain.model(),
                every,
                plain.chunkFrames(),
                plain.chunkBytes(),
                plain.labels(),
                plain.stream(),
                plain.transport(),
                plain.projection(),
                plain.groupFrames(),
                plain.tracking(),
                Optional.of(LiveSpec.of(source, "", false)),
                plain.tenant());
        return TestJobs.job(spec, new JobState.Queued(), TestJobs.progress(false, 0, 0));
    }

    private LiveLoop loop(Job job, @Nullable Mark mark, PushedStreams pushed) {
        LiveLoop.Listener listener = new LiveLoop.Listener() {
            @Override
            public void streamChanged() {
                told.add("stream " + loop.stream().map(LiveStream::getSession).orElse(0));
            }

            @Override
            public void lost(int session) {
                told.add("lost " + session);
                if (streams.isEmpty()) {
                    loop.stop();
                }
            }

            @Override
            public void missing(StreamGap gap) {
                gaps.add(gap);
            }
        };
        LiveLoop.Times times =
                new LiveLoop.Times(first, Duration.ofMillis(2), Duration.ofMillis(5), Duration.ofSeconds(1));
        loop = new LiveLoop(
                job,
                job.spec().input(),
                job.spec().source() + " at rtmp://HOST:1935/live/KEY",
                mark,
                this::open,
                pushed,
                broker,
                (j, info) -> LiveStream.newBuilder().setWidth(info.width()).setHeight(info.height()),
                listener,
                times,
                clock);
        return loop;
    }

    private LiveLoop.End run(String source) {
        return loop(job(source, 1), null, key -> {
                    throw new SourceException("no keys here");
                })
                .run();
    }

    private List<Long> frames() {
        return sent.stream()
                .filter(p -> !p.getEnded())
                .map(p -> p.getUnit().getFrame())
                .toList();
    }

    @Test
    void aFileOverHttpEndsAndEachPacketWasSentOnce() {
        streams.add(new FakeStream(clock, 7, ""));

        assertThat(run("http://host/v.mp4")).isEqualTo(new LiveLoop.End.SourceEnded());

        assertThat(frames()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(sent.getFirst().getStream().getModel().getName()).isEqualTo("people");
        assertThat(sent.stream().map(LivePacket::hasStream))
                .containsExactly(true, false, false, false, false, true, false, false);
        LivePacket end = sent.getLast();
        assertThat(end.getEnded()).isTrue();
        assertThat(end.getUnit().getFrame()).isEqualTo(7);
        assertThat(told).containsExactly("stream 1");
        assertThat(loop.stream().orElseThrow().getFirstOffset()).isEqualTo(1000);
        assertThat(loop.mark().nextFrame()).isEqualTo(7);
        assertThat(gaps).isEmpty();
    }

    @Test
    void aCutStreamIsOpenedAgainAsTheNextSessionWithAGap() {
        streams.add(new FakeStream(clock, 3, "the connection broke off"));
        streams.add(new SourceException("nothing answers there"));
        streams.add(new FakeStream(clock, 2, "the connection broke off"));
        // The first attempt to connect again comes two seconds later.
        LiveLoop.End end = loop(job("rtmp://host/live/a", 1), null, key -> {
                    throw new SourceException("no keys here");
                })
                .run();

        assertThat(end).isEqualTo(new LiveLoop.End.Stopped());
        assertThat(opened).hasSize(3);
        assertThat(frames()).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(sent.stream().map(LivePacket::getSession)).containsExactly(1, 1, 1, 1, 2, 2, 2);
        assertThat(told).containsExactly("stream 1", "lost 1", "stream 2", "lost 2");
        // No time has passed on this clock, so nothing is missing; but time does not stand still either.
        assertThat(sent.get(4).getUnit().getPtsMs()).isEqualTo(300);
    }

    @Test
    void anAddressThatNeverAnswersFailsAfterTheTimeForIt() {
        LiveLoop.End end = run("rtsp://host/a");

        assertThat(end)
                .isInstanceOfSatisfying(
                        LiveLoop.End.Failed.class, f -> assertThat(f.cause()).hasMessage("nothing answers there"));
    }

    @Test
    void anAddressThatAnswersTooLateAtFirstIsTriedAgain() {
        first = Duration.ofMinutes(5);
        streams.add(new SourceException("nothing answers there"));
        streams.add(new SourceException("nothing answers there"));
        streams.add(new FakeStream(clock, 1, ""));

        assertThat(run("http://host/v.mp4")).isEqualTo(new LiveLoop.End.SourceEnded());
        assertThat(opened).hasSize(3);
    }

    @Test
    void aSourceThatCannotBeUsedFailsAtOnce() {
        streams.add(SourceException.permanent("there is no video in this stream"));

        assertThat(run("rtsp://host/a")).isInstanceOf(LiveLoop.End.Failed.class);
        assertThat(opened).hasSize(1);
    }

    @Test
    void aBrokerThatTakesNothingCostsThePicturesUpToTheNextKeyPicture() {
        streams.add(new FakeStream(clock, 12, ""));
        broker.loses = 2;

        run("http://host/v.mp4");

        assertThat(frames()).containsExactly(0L, 1L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
        assertThat(gaps).containsExactly(new StreamGap(2, 5, 200, 500, 0, "dropped"));
    }

    @Test
    void whatFollowsALostPacketIsDroppedUpToTheNextKeyPicture() {
        streams.add(new FakeStream(clock, 7, ""));
        broker.loses = 1;
        broker.knownAt = 2;

        run("http://host/v.mp4");

        assertThat(frames()).containsExactly(0L, 2L, 5L, 6L);
        assertThat(gaps).containsExactly(new StreamGap(1, 5, 100, 500, 0, "dropped"));
    }

    @Test
    void picturesThatAreDroppedAtTheEndOfASessionAreCountedToo() {
        streams.add(new FakeStream(clock, 4, ""));
        broker.loses = 2;

        run("http://host/v.mp4");

        assertThat(frames()).containsExactly(0L, 1L);
        assertThat(gaps).containsExactly(new StreamGap(2, 4, 200, 300, 0, "dropped"));
    }

    @Test
    void aNewSizeIsToldAndTheFirstSizeStaysThatOfTheJob() {
        streams.add(new FakeStream(clock, 7, "", 5));

        run("http://host/v.mp4");

        assertThat(sent.stream()
                        .filter(LivePacket::hasStream)
                        .map(p -> p.getStream().getFirstWidth()))
                .containsExactly(64, 64);
        assertThat(told).containsExactly("stream 1", "stream 1");
        assertThat(loop.stream().orElseThrow().getWidth()).isEqualTo(128);
    }

    @Test
    void aPublisherThatGoesAwayIsWaitedForAgain() {
        streams.add(new FakeStream(clock, 2, ""));
        streams.add(new SourceException("there is no video in this stream"));
        streams.add(new FakeStream(clock, 1, ""));
        List<String> reserved = new ArrayList<>();
        PushedStreams pushed = key -> {
            reserved.add(key);
            return new PushedStreams.Reservation() {
                @Override
                public Optional<InputStream> take(Duration wait) {
                    clock.pass(1000);
                    assertThat(loop.waitingFor())
                            .startsWith("waits for a publisher of listen:desk at rtmp://HOST:1935/");
                    return Optional.of(InputStream.nullInputStream());
                }

                @Override
                public long dropped() {
                    return 0;
                }

                @Override
                public void close() {
                    reserved.add("closed");
                }
            };
        };

        LiveLoop.End end = loop(job("listen:desk", 1), null, pushed).run();

        assertThat(end).isEqualTo(new LiveLoop.End.Stopped());
        assertThat(reserved).containsExactly("desk", "closed");
        assertThat(frames()).containsExactly(0L, 1L, 2L);
        assertThat(told).containsExactly("stream 1", "lost 1", "stream 2", "lost 2");
        assertThat(gaps).containsExactly(new StreamGap(2, 2, 200, 2100, 19, "disconnected"));
    }

    @Test
    void aRestartedProcessGoesOnWithTheNextSessionAndHigherNumbers() {
        streams.add(new FakeStream(clock, 1, ""));
        Mark mark = new Mark(40, 3900, clock.instant());
        clock.pass(2000);

        loop(job("http://host/v.mp4", 1), mark, key -> {
                    throw new SourceException("no keys here");
                })
                .run();

        assertThat(frames().getFirst()).isGreaterThan(1000);
        assertThat(sent.getFirst().getUnit().getPtsMs()).isEqualTo(5900);
        assertThat(gaps).singleElement().satisfies(gap -> {
            assertThat(gap.cause()).isEqualTo("restarted");
            assertThat(gap.nextFrame()).isEqualTo(frames().getFirst());
        });
    }

    @Test
    void aKeyThatIsTakenFailsTheJob() {
        LiveLoop.End end = loop(job("listen:desk", 1), null, key -> {
                    throw new SourceException("another job has this key");
                })
                .run();

        assertThat(end).isInstanceOf(LiveLoop.End.Failed.class);
        assertThat(opened).isEmpty();
    }
}
