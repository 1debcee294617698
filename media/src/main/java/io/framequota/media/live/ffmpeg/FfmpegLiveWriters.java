package io.framequota.media.live.ffmpeg;

import io.framequota.contract.control.CodecParameters;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.ffmpeg.FfmpegSetup;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Writes with FFmpeg. It connects to an address that was looked up and checked before; with rtmps to a server whose certificate is checked. */
public final class FfmpegLiveWriters implements LiveWriter.Factory {
    /** Seconds of a segment; a key picture comes every two. */
    private static final String SEGMENT_SECONDS = "2";

    /** Segments in the playlist; as many again may still be read. */
    private static final String SEGMENTS = "6";

    private final LiveNetwork network;

    /** @param network decides to which hosts streams may be published */
    public FfmpegLiveWriters(LiveNetwork network) {
        this.network = network;
    }

    @Override
    public LiveWriter publish(URI target, CodecParameters codec) throws SourceException, IOException {
        FfmpegSetup.apply();
        // Without the path, whose last part is a secret that no message may show.
        URI server = URI.create(target.getScheme() + "://" + target.getHost() + "/");
        InetAddress host = network.lookUp(server);
        if (TrustedCertificates.isNeeded(target)) {
            return publishSecurely(target, codec);
        }
        return FfmpegLiveWriter.connect(
                LiveAddress.numbered(target, host),
                codec,
                Map.of("protocol_whitelist", "rtmp,tcp", "rtmp_tcurl", LiveAddress.tcUrl(target)));
    }

    /** The name of the host stays, because the server's certificate is checked for it; so FFmpeg looks the name up once more. */
    private static LiveWriter publishSecurely(URI target, CodecParameters codec) throws SourceException, IOException {
        try (TrustedCertificates trusted = TrustedCertificates.of(target)) {
            Map<String, String> options = new HashMap<>(trusted.options());
            options.put("protocol_whitelist", "rtmps,tls,tcp");
            return FfmpegLiveWriter.connect(target.toString(), codec, options);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; " + TrustedCertificates.HINT, e);
        }
    }

    @Override
    public LiveWriter hls(Path folder, String base, CodecParameters codec) throws IOException {
        FfmpegSetup.apply();
        return FfmpegLiveWriter.files(
                folder.resolve("live.m3u8"),
                codec,
                Map.of(
                        "hls_time", SEGMENT_SECONDS,
                        "hls_list_size", SEGMENTS,
                        "hls_delete_threshold", SEGMENTS,
                        "hls_base_url", base,
                        "hls_segment_filename", folder.resolve("%d.ts").toString(),
                        "hls_flags",
                                "delete_segments+append_list+discont_start+independent_segments+temp_file+omit_endlist"));
    }
}
