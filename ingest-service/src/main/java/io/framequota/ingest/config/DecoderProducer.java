package io.framequota.ingest.config;

import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveReader;
import io.framequota.media.live.LiveWriter;
import io.framequota.media.live.ffmpeg.FfmpegLiveReaders;
import io.framequota.media.live.ffmpeg.FfmpegLiveWriters;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes decoders with the limits of the settings, and scalers. */
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

    /** As a {@code VideoDecoder} and as a {@code PacketReader.Factory}. */
    @Produces
    @Singleton
    FfmpegDecoder decoder(IngestConfig config, DecodeMemoryBudget memory) {
        // What a killed process leaves there is deleted by PartialFileCleaner.
        return new FfmpegDecoder(
                limits(config), memory, config.storage().toAbsolutePath().resolve("pictures"));
    }

    @Produces
    @Singleton
    LiveReader.Factory liveReaders(IngestConfig config, LiveNetwork network) {
        return new FfmpegLiveReaders(limits(config), network);
    }

    @Produces
    @Singleton
    LiveWriter.Factory liveWriters(LiveNetwork network) {
        return new FfmpegLiveWriters(network);
    }

    private static SourceLimits limits(IngestConfig config) {
        return new SourceLimits(
                config.sourceMaxTracks(),
                config.sourceMaxSamples(),
                config.sourceMaxPixels(),
                config.sourceMaxMetadata().asLongValue(),
                config.sourceMaxEntries());
    }

    @Produces
    @Singleton
    PictureScaler.Factory scalers() {
        return OpenCvScaler::new;
    }
}
