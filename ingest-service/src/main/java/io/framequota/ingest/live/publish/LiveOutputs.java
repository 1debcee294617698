package io.framequota.ingest.live.publish;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.live.latency.LiveLatency;
import io.framequota.ingest.store.files.FileTrees;
import io.framequota.media.live.LiveWriter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** The annotated streams that this process sends on. HLS is in a folder for each opening, which is deleted with the stream: a job may be opened again while its last stream still ends. Thread-safe. */
@Singleton
public final class LiveOutputs implements AnnotatedStreams {
    private static final Logger LOG = Logger.getLogger(LiveOutputs.class);
    /** Name of the playlist. */
    public static final String PLAYLIST = "live.m3u8";

    private static final Pattern SEGMENT = Pattern.compile("[0-9]{1,18}\\.ts");
    private static final String BASE = "live/";
    private static final Duration END = Duration.ofSeconds(12);

    private final LiveWriter.Factory writers;
    private final Path folder;
    private final Clock clock;
    private final DistributionSummary latencies;
    private final AtomicLong openings = new AtomicLong();
    private final Map<String, Output> outputs = new ConcurrentHashMap<>();

    @Inject
    LiveOutputs(LiveWriter.Factory writers, IngestConfig config, Clock clock, MeterRegistry metrics) {
        this(writers, config.storage().toAbsolutePath().resolve("live"), clock, metrics);
    }

    /** @param folder of the HLS files, whose content is deleted */
    LiveOutputs(LiveWriter.Factory writers, Path folder, Clock clock, MeterRegistry metrics) {
        this.writers = writers;
        this.folder = folder;
        this.clock = clock;
        latencies = DistributionSummary.builder("framequota.live.annotated.latency.seconds")
                .description("From a packet's arrival to the packet of its annotated picture")
                .publishPercentileHistogram()
                .minimumExpectedValue(0.01)
                .maximumExpectedValue(30.0)
                .register(metrics);
        deleteAll();
    }

    /** What a killed process left. */
    private void deleteAll() {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            LOG.warnf("old HLS files could not be deleted: %s", e.getMessage());
        }
    }

    /** One job's stream. */
    private static final class Output {
        final List<AnnotatedRelay> relays;
        final Path files;
        private final LiveLatency latency = new LiveLatency();
        private long epoch;
        private long lastPts = Long.MIN_VALUE;

        Output(List<AnnotatedRelay> relays, Path files) {
            this.relays = relays;
            this.files = files;
        }

        /** Whether a packet goes on: of the newest leader's worker, and behind the last one. */
        synchronized boolean admits(LiveAnnotated packet) {
            long pts = packet.getUnit().getPts();
            if (packet.getEpoch() < epoch || pts <= lastPts) {
                return false;
            }
            epoch = packet.getEpoch();
            lastPts = pts;
            return true;
        }

        synchronized void took(Instant now, double ms) {
            latency.add(now, ms);
        }

        synchronized LiveLatency.Summary recent(Instant now) {
            return latency.summary(now);
        }
    }

    @Override
    public void open(String job, String publish, boolean hls) {
        outputs.computeIfAbsent(job, id -> {
            List<AnnotatedRelay> relays = new ArrayList<>();
            Path files = folder.resolve(id + "-" + openings.incrementAndGet());
            if (!publish.isEmpty()) {
                URI target = URI.create(publish);
                relays.add(new AnnotatedRelay(
                        id, "publishing at " + target.getHost(), codec -> writers.publish(target, codec)));
            }
            if (hls) {
                relays.add(new AnnotatedRelay(
                        id, "writing HLS", codec -> writers.hls(Files.createDirectories(files), BASE, codec)));
            }
            relays.forEach(AnnotatedRelay::start);
            return new Output(relays, files);
        });
    }

    @Override
    public void close(String job) {
        Output output = outputs.remove(job);
        if (output != null) {
            output.relays.forEach(AnnotatedRelay::close);
            Threads.virtual("annotated-end-" + job, () -> deleteWhenEnded(job, output))
                    .start();
        }
    }

    private void deleteWhenEnded(String job, Output output) {
        try {
            for (AnnotatedRelay relay : output.relays) {
                relay.join(END);
            }
            FileTrees.delete(output.files);
        } catch (IOException e) {
            LOG.warnf(
                    "job %s: its HLS files could not be deleted; they are at the next start: %s", job, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a packet of any job. Never waits. */
    public void accept(LiveAnnotated packet) {
        Output output = outputs.get(packet.getJob());
        if (output != null && output.admits(packet)) {
            double ms = clock.millis() - packet.getReceivedAtMs();
            output.took(clock.instant(), ms);
            latencies.record(Math.max(0, ms) / 1000);
            output.relays.forEach(relay -> relay.add(packet));
        }
    }

    @Override
    public Status status(String job) {
        Output output = outputs.get(job);
        if (output == null) {
            return Status.NONE;
        }
        LiveLatency.Summary recent = output.recent(clock.instant());
        List<String> warnings = output.relays.stream()
                .map(AnnotatedRelay::warning)
                .filter(line -> !line.isEmpty())
                .toList();
        return new Status(recent.p50(), recent.p95(), warnings);
    }

    /** A job's playlist; empty when there is none yet, or no more. */
    public Optional<byte[]> playlist(String job) {
        return file(job, PLAYLIST);
    }

    /** A segment of a job's playlist by its name; empty when there is none, or no more. */
    public Optional<byte[]> segment(String job, String name) {
        return SEGMENT.matcher(name).matches() ? file(job, name) : Optional.empty();
    }

    private Optional<byte[]> file(String job, String name) {
        Output output = outputs.get(job);
        if (output == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(output.files.resolve(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @PreDestroy
    void stop() {
        List.copyOf(outputs.keySet()).forEach(this::close);
    }
}
