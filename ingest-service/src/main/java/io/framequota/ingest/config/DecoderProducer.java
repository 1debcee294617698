package io.framequota.ingest.config;

import io.framequota.ingest.decode.DecodeMemoryBudget;
import io.framequota.ingest.decode.SourceLimits;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.decode.ffmpeg.FfmpegDecoder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the decoder with the limits of the settings. */
final class DecoderProducer {
    @Produces
    @Singleton
    DecodeMemoryBudget memory(IngestConfig config, MeterRegistry metrics) {
        DecodeMemoryBudget memory = new DecodeMemoryBudget(config.decodeMemory().asLongValue());
        Gauge.builder("framequota.decode.memory.bytes", memory, DecodeMemoryBudget::used)
                .description(
                        "Native memory that sources being decoded are estimated to take; FRAMEQUOTA_DECODE_MEMORY at"
                                + " most, unless a source's pictures grow on the way")
                .register(metrics);
        return memory;
    }

    @Produces
    @Singleton
    VideoDecoder decoder(IngestConfig config, DecodeMemoryBudget memory) {
        SourceLimits limits = new SourceLimits(
                config.sourceMaxTracks(),
                config.sourceMaxSamples(),
                config.sourceMaxPixels(),
                config.sourceMaxMetadata().asLongValue(),
                config.sourceMaxEntries());
        return new FfmpegDecoder(limits, memory);
    }
}
