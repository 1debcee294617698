package io.framequota.inference;

import io.framequota.common.access.InferenceToken;
import io.framequota.contract.control.Queued;
import io.framequota.inference.config.WorkerConfig;
import io.framequota.inference.intake.kafka.KafkaFrameReaderFactory;
import io.framequota.inference.live.LiveLane;
import io.framequota.inference.model.LabelFiles;
import io.framequota.inference.model.ModelSpecFactory;
import io.framequota.inference.pipeline.Pipeline;
import io.framequota.inference.publish.DeadLetters;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.publish.StreamPublisher;
import io.framequota.inference.triton.ComputeGate;
import io.framequota.inference.triton.ServerStatus;
import io.framequota.inference.triton.TritonServer;
import io.framequota.inference.worker.WorkerLoop;
import io.framequota.inference.worker.WorkerReportFactory;
import io.framequota.inference.worker.WorkerReportSender;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A worker: its connection to an inference server, its pipeline and the loop that takes grants. Any thread may use it. */
final class InferenceWorker implements AutoCloseable {
    /** Tag of a worker's metrics. */
    private static final String WORKER = "worker";

    private static final Pattern HOST_AND_PORT = Pattern.compile("(.+):([0-9]{1,5})");

    private final String name;
    private final TritonServer server;
    private final Pipeline pipeline;
    private final LiveLane streams;
    private final WorkerLoop loop;

    /**
     * Starts nothing.
     *
     * @param process the same for all workers of this process, a new value at each start
     * @param address of the inference server, as host:port
     * @param gate of that server
     */
    InferenceWorker(
            String process,
            String name,
            String address,
            WorkerConfig config,
            ComputeGate gate,
            KafkaFrameReaderFactory frames,
            MeterRegistry meters,
            WorkerReportSender reports,
            ResultPublisher results,
            DeadLetters deadLetters,
            StreamPublisher streamResults) {
        this.name = name;
        server = new TritonServer(
                serverOptions(name, address, config),
                new ModelSpecFactory(new LabelFiles(config.modelRepository().orElse(null))),
                this::sendHeartbeat,
                gate);
        gate.serve(name);
        Gauge.builder("framequota.requests.in.flight", server, TritonServer::requestsInFlight)
                .tag(WORKER, name)
                .description("Requests at the inference server; at most FRAMEQUOTA_IN_FLIGHT of chunks, and those of"
                        + " streams")
                .register(meters);
        queueGauge("framequota.server.queue.length", Queued::getRequests)
                .description("Requests that wait at the inference server; NaN when the server does not report them")
                .register(meters);
        queueGauge("framequota.server.queue.bytes", Queued::getBytes)
                .description(
                        "Memory of the inference server that waiting requests hold, in bytes; NaN when not reported")
                .register(meters);
        DecodeMemoryBudget memory = new DecodeMemoryBudget(config.decodeMemory().asLongValue());
        Gauge.builder("framequota.decode.memory.bytes", memory, DecodeMemoryBudget::used)
                .tag(WORKER, name)
                .description("Native memory that decoding is estimated to take; FRAMEQUOTA_DECODE_MEMORY at most")
                .register(meters);
        FfmpegDecoder decoders = new FfmpegDecoder(SourceLimits.DEFAULT, memory, config.decodeThreads());
        pipeline = new Pipeline(
                name,
                new Pipeline.Ports(
                        () -> frames.readerOf(name), decoders, OpenCvScaler::new, server, server, results, deadLetters),
                InstantSource.system(),
                meters);
        streams = new LiveLane(
                name,
                new LiveLane.Ports(
                        () -> frames.livePacketsOf(name),
                        decoders.ofStreams(),
                        OpenCvScaler::new,
                        server,
                        server,
                        streamResults,
                        InstantSource.system()),
                meters);
        String instance = UUID.randomUUID().toString();
        loop = new WorkerLoop(
                new WorkerReportFactory(name, instance, process, server::status, server),
                reports,
                pipeline,
                streams,
                gate::divide);
    }

    private static TritonServer.Options serverOptions(String name, String address, WorkerConfig config) {
        Matcher parts = HOST_AND_PORT.matcher(address);
        if (!parts.matches()) {
            throw new IllegalArgumentException("FRAMEQUOTA_TRITON is '" + address + "': give host:port");
        }
        return new TritonServer.Options(
                parts.group(1),
                Integer.parseInt(parts.group(2)),
                name,
                config.inFlight(),
                config.cores(),
                config.sharedMemory(),
                InferenceToken.of(config.inferenceToken().orElse(null)));
    }

    private Gauge.Builder<?> queueGauge(String name, ToDoubleFunction<Queued> value) {
        return Gauge.builder(name, server, s -> {
                    Queued queued = s.queued();
                    return queued == null ? Double.NaN : value.applyAsDouble(queued);
                })
                .tag(WORKER, this.name);
    }

    void start() {
        pipeline.start();
        streams.start();
        loop.start();
        server.start();
    }

    private void sendHeartbeat() {
        loop.beat();
    }

    String name() {
        return name;
    }

    /** What of it hangs, null for nothing; see {@link Pipeline#stuck}. */
    @Nullable
    String stuck(int seconds) {
        return pipeline.stuck(seconds);
    }

    WorkerLoop loop() {
        return loop;
    }

    /** The last known state of the inference server. */
    ServerStatus status() {
        return server.status();
    }

    @Override
    public void close() {
        loop.close();
        streams.close();
        pipeline.close();
        server.close();
    }
}
