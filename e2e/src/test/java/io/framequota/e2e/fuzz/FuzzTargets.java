package io.framequota.e2e.fuzz;

import io.framequota.inferenceserver.grpc.InferRequestFuzz;
import io.framequota.inferenceserver.repository.ConfigFuzz;
import io.framequota.ingest.api.MultipartFuzz;
import io.framequota.ingest.live.rtmp.AmfFuzz;
import io.framequota.ingest.live.rtmp.RtmpHandshakeFuzz;
import io.framequota.ingest.live.rtmp.RtmpSessionFuzz;
import io.framequota.media.decode.ffmpeg.Mp4IndexFuzz;
import io.framequota.scheduler.controller.observe.kafka.ControlMessagesFuzz;
import java.util.List;

/** All parsers of bytes from outside that are fuzzed. */
final class FuzzTargets {
    static final List<FuzzTarget> ALL = List.of(
            new ControlMessagesFuzz(),
            new InferRequestFuzz(),
            new ConfigFuzz(),
            new ExperimentFuzz(),
            new DriveFuzz(),
            new ZipFuzz(),
            new SphericalFuzz(),
            new Mp4IndexFuzz(),
            new ResultFuzz(),
            new RtmpHandshakeFuzz(),
            new RtmpSessionFuzz(),
            new AmfFuzz(),
            new MultipartFuzz());

    static FuzzTarget named(String name) {
        return ALL.stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parser '" + name + "' is fuzzed; there are "
                        + ALL.stream().map(FuzzTarget::name).toList()));
    }

    private FuzzTargets() {}
}
