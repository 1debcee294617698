package io.framequota.media.live.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveReader;

/** Opens live streams with FFmpeg: rtmp(s), rtsp(s) over TCP, http(s) and HLS, and pushed FLV. FFmpeg's libraries are loaded with the first stream. */
public final class FfmpegLiveReaders implements LiveReader.Factory {
    private final SourceLimits limits;
    private final LiveNetwork network;
    private final FfmpegLiveReader.Patience patience;

    /** @param network decides which addresses may be read */
    public FfmpegLiveReaders(SourceLimits limits, LiveNetwork network) {
        this(limits, network, FfmpegLiveReader.Patience.DEFAULT);
    }

    FfmpegLiveReaders(SourceLimits limits, LiveNetwork network, FfmpegLiveReader.Patience patience) {
        this.limits = limits;
        this.network = network;
        this.patience = patience;
    }

    @Override
    public LiveReader open(LiveReader.Input input) throws SourceException {
        LiveContainer container = LiveContainer.open(input, network);
        boolean opened = false;
        try {
            FfmpegLiveReader reader = new FfmpegLiveReader(container, silence(input), patience, limits);
            reader.begin();
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                container.close();
            }
        }
    }

    private static java.time.Duration silence(LiveReader.Input input) {
        return switch (input) {
            case LiveReader.Input.Address address -> address.silence();
            // Whoever receives the stream notices when the publisher is gone.
            case LiveReader.Input.Pushed _ -> java.time.Duration.ofMinutes(1);
        };
    }
}
