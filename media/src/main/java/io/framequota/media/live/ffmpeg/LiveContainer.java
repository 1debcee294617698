package io.framequota.media.live.ffmpeg;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_NOBUFFER;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.ffmpeg.Codecs;
import io.framequota.media.decode.ffmpeg.FfmpegErrors;
import io.framequota.media.decode.ffmpeg.FfmpegSetup;
import io.framequota.media.decode.ffmpeg.NativeHeap;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * The open container of a live stream. FFmpeg connects to rtmp and rtsp itself, to an address that was looked up and checked before; what comes over
 * http is requested in Java and read from there. For one thread at a time; {@link #interrupt} may be called by any.
 */
final class LiveContainer implements AutoCloseable {
    /** For the connection and what comes before the first packet. */
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Whoever receives a pushed stream notices when its video does not come. */
    private static final Duration PUSHED = Duration.ofMinutes(1);

    /** Bytes in which a container must show what it is and holds. */
    private static final long PROBE_BYTES = 1 << 20;

    private static final long PROBE_US = 2_000_000;
    private static final int MAX_STREAMS = 32;

    /** Containers that an http address may send. */
    private static final String CONTAINERS =
            "flv,live_flv,mpegts,mpjpeg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,h264,hevc";

    private static final String PLAYLISTS = "hls,mpegts,mov,mp4,m4a,3gp,3g2,mj2,aac,mp3,webvtt";

    private final String name;
    private final LiveDeadline deadline = new LiveDeadline();
    private @Nullable AVFormatContext format;
    private volatile @Nullable NativeInput input;
    private volatile @Nullable PlaylistInputs playlist;
    private String warning = "";
    private String hint = "";

    private LiveContainer(String name) {
        this.name = name;
    }

    /**
     * Opens a stream.
     *
     * @throws SourceException when there is none, and when the thread is interrupted, which it stays
     */
    static LiveContainer open(LiveReader.Input input, LiveNetwork network) throws SourceException {
        FfmpegSetup.apply();
        LiveContainer container = new LiveContainer(
                switch (input) {
                    case LiveReader.Input.Address address -> MessageSanitizer.maskSecrets(address.url());
                    case LiveReader.Input.Pushed _ -> "the pushed stream";
                });
        boolean opened = false;
        try {
            switch (input) {
                case LiveReader.Input.Pushed pushed -> container.openStream(pushed.flv(), "flv", PUSHED);
                case LiveReader.Input.Address address -> container.openAddress(address, network);
            }
            opened = true;
            return container;
        } finally {
            if (!opened) {
                container.close();
            }
        }
    }

    private void openAddress(LiveReader.Input.Address address, LiveNetwork network) throws SourceException {
        URI uri = uri(address.url());
        switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
            case "rtmp" ->
                openFormat(
                        LiveAddress.pinned(uri, network),
                        "flv",
                        Map.of("protocol_whitelist", "rtmp,tcp", "rtmp_tcurl", LiveAddress.tcUrl(uri)),
                        CONNECT);
            case "rtmps" -> openSecure(uri, network, "flv", Map.of("protocol_whitelist", "rtmps,tls,tcp"));
            case "rtsp" -> openFormat(LiveAddress.pinned(uri, network), "rtsp", rtsp("tcp"), CONNECT);
            case "rtsps" -> openSecure(uri, network, "rtsp", rtsp("tls,tcp"));
            default -> request(uri, address.silence(), network);
        }
    }

    /** The name of the host stays, because the server's certificate is checked for it; so FFmpeg looks the name up once more. */
    private void openSecure(URI uri, LiveNetwork network, String container, Map<String, String> settings)
            throws SourceException {
        String address = LiveAddress.checked(uri, network);
        try (TrustedCertificates trusted = TrustedCertificates.of(uri)) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(trusted.options());
            hint = "; " + TrustedCertificates.HINT;
            openFormat(address, container, all, CONNECT);
        } catch (IOException e) {
            throw new SourceException(name + " cannot be opened: " + e.getMessage());
        }
    }

    /** Without rtsp itself on the whitelist FFmpeg follows no redirection, whose target nobody has checked. */
    private static Map<String, String> rtsp(String protocols) {
        return Map.of("protocol_whitelist", protocols, "rtsp_transport", "tcp", "allowed_media_types", "video");
    }

    private URI uri(String url) throws SourceException {
        try {
            URI uri = URI.create(url.strip());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && uri.getPath() != null) {
                switch (scheme) {
                    case "rtmp", "rtmps", "rtsp", "rtsps", "http", "https" -> {
                        return uri;
                    }
                    default -> {}
                }
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw new SourceException(
                name + " is no address of a stream: it begins with rtmp://, rtsp://, http:// or https://, and special"
                        + " characters of user and password are written as %40");
    }

    private void request(URI uri, Duration silence, LiveNetwork network) throws SourceException {
        try {
            Playlists found = Playlists.open(uri, silence, network);
            warning = found.warning();
            if (found.isPlaylist()) {
                playlist = new PlaylistInputs(network, silence, deadline);
                openPlaylist(found);
            } else {
                openStream(found.body(), null, CONNECT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw closed();
        }
    }

    private void openPlaylist(Playlists found) throws SourceException {
        input = new NativeInput(found.body(), deadline);
        // No connection is kept: each address is requested anew, in Java. The last segment is the newest video.
        openFormat(
                found.at().toString(),
                "hls",
                Map.of(
                        "format_whitelist", PLAYLISTS,
                        "protocol_whitelist", "http,https",
                        "allowed_extensions", "ALL",
                        "allowed_segment_extensions", "ALL",
                        "extension_picky", "0",
                        "http_persistent", "0",
                        "http_multiple", "0",
                        "live_start_index", "-1"),
                CONNECT);
    }

    private void openStream(InputStream in, @Nullable String container, Duration limit) throws SourceException {
        input = new NativeInput(in, deadline);
        openFormat("", container, Map.of("format_whitelist", CONTAINERS, "protocol_whitelist", "none"), limit);
    }

    private void openFormat(String url, @Nullable String container, Map<String, String> settings, Duration limit)
            throws SourceException {
        AVFormatContext opening = avformat_alloc_context();
        deadline.applyTo(opening);
        if (input != null) {
            opening.pb(input.context());
        }
        if (playlist != null) {
            playlist.applyTo(opening);
        }
        opening.max_streams(MAX_STREAMS);
        opening.probesize(PROBE_BYTES);
        opening.max_analyze_duration(PROBE_US);
        opening.flags(opening.flags() | AVFMT_FLAG_NOBUFFER);
        // TimeRepair sees the times as they are.
        opening.correct_ts_overflow(0);
        AVDictionary options = new AVDictionary();
        settings.forEach((key, value) -> av_dict_set(options, key, value, 0));
        av_dict_set(options, "codec_whitelist", Codecs.ALLOWED, 0);
        AVInputFormat known = container == null ? null : av_find_input_format(container);
        enter(System.nanoTime() + limit.toNanos());
        int error;
        try {
            error = avformat_open_input(opening, url, known, options);
        } finally {
            leave();
            av_dict_free(options);
        }
        if (error < 0) {
            throw failed(error);
        }
        format = opening;
    }

    private void enter(long untilNanos) {
        deadline.enter(untilNanos);
        if (playlist != null) {
            playlist.enter();
        }
    }

    private void leave() {
        deadline.leave();
        if (playlist != null) {
            playlist.leave();
        }
    }

    /**
     * Waits for the next packet of any stream.
     *
     * @param untilNanos when to give up, after which nothing more can be read
     * @return FFmpeg's error, below 0, or 0
     */
    int read(AVPacket packet, long untilNanos) {
        enter(untilNanos);
        try {
            return deadline.isClosed() ? avutil.AVERROR_EXIT : av_read_frame(format(), packet);
        } finally {
            leave();
        }
    }

    /** Whether the source said that the stream has ended, rather than that the connection broke. */
    boolean isEnd(int error) {
        AVIOContext io = format().pb();
        boolean broken = io != null && !io.isNull() && io.error() < 0 && !FfmpegErrors.isEnd(io.error());
        return FfmpegErrors.isEnd(error)
                && !broken
                && !deadline.isClosed()
                && (input == null || input.failure().isEmpty())
                && (playlist == null || playlist.failure().isEmpty());
    }

    /** Whether the time given to {@link #read} was over. */
    boolean isTimeOver() {
        return !deadline.isClosed() && deadline.isTimeOver();
    }

    /** Whether the source itself said why it cannot be read. */
    boolean hasFailed() {
        NativeInput in = input;
        return in != null && !in.failure().isEmpty();
    }

    /** Why reading failed. */
    SourceException lost(int error) {
        String why = why(error);
        return deadline.isClosed() ? closed() : new SourceException(name + " was lost: " + why);
    }

    private SourceException closed() {
        return new SourceException(name + " was closed");
    }

    private SourceException failed(int error) {
        if (deadline.isClosed()) {
            return closed();
        }
        if (deadline.isTimeOver() && !playlistFailure().isEmpty()) {
            return new SourceException(name + " cannot be read: " + playlistFailure());
        }
        if (deadline.isTimeOver()) {
            return new SourceException(name + " did not answer within " + CONNECT.toSeconds()
                    + " s; check that its server runs and that the stream is published");
        }
        if (error == avutil.AVERROR_EINVAL()) {
            // So FFmpeg says that the whitelist forbids a redirection.
            return new SourceException(
                    name + " redirects to another address, or its answer makes no sense; name the address of the"
                            + " stream itself");
        }
        return new SourceException(name + " cannot be opened: " + why(error)
                + "; check the address and that the stream is published" + hint);
    }

    /** Why an address that the playlist names could not be read; empty when there is no playlist, or all could. */
    String playlistFailure() {
        return playlist == null ? "" : playlist.lastFailure();
    }

    private String why(int error) {
        if (input != null && !input.failure().isEmpty()) {
            return input.failure();
        }
        if (playlist != null && !playlist.failure().isEmpty()) {
            return playlist.failure();
        }
        return FfmpegErrors.isEnd(error) ? "the connection was closed" : FfmpegErrors.text(error);
    }

    AVFormatContext format() {
        if (format == null) {
            throw new IllegalStateException(name + " is closed");
        }
        return format;
    }

    /** Address without secrets, for messages. */
    String name() {
        return name;
    }

    /** What was noticed on opening; empty when nothing was. */
    String warning() {
        return warning;
    }

    /** FFmpeg's name of the container, such as {@code flv}. */
    String container() {
        return format().iformat().name().getString();
    }

    /** Ends a read that waits, and every later one. For any thread. */
    void interrupt() {
        deadline.close();
        if (input != null) {
            input.closeStream();
        }
        if (playlist != null) {
            playlist.closeStreams();
        }
    }

    @Override
    public void close() {
        interrupt();
        if (format != null) {
            enter(System.nanoTime() + CONNECT.toNanos());
            try {
                avformat_close_input(format);
            } finally {
                leave();
            }
            format = null;
        }
        if (input != null) {
            input.close();
            input = null;
        }
        if (playlist != null) {
            playlist.close();
        }
        NativeHeap.trim();
    }
}
