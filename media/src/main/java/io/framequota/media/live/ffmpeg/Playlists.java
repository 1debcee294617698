package io.framequota.media.live.ffmpeg;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveNetwork;
import io.framequota.media.live.LiveNetwork.WebStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Finds out what an http address is: a stream, or a playlist (HLS) of a stream. Of a playlist that lists variants of one stream the first is
 * taken, since FFmpeg would read all of them.
 *
 * @param at address of the stream or of the variant's playlist, after redirects
 * @param body from its beginning
 * @param warning empty when there is nothing to say
 */
record Playlists(URI at, InputStream body, boolean isPlaylist, String warning) {
    private static final String BEGIN = "#EXTM3U";
    private static final String VARIANT = "#EXT-X-STREAM-INF";
    private static final String ENDED = "#EXT-X-ENDLIST";

    /** More is no playlist of a live stream. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 2;

    /** Requests an address. The body is closed by the caller. */
    static Playlists open(URI address, Duration silence, LiveNetwork network)
            throws SourceException, InterruptedException {
        URI at = address;
        String warning = "";
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            WebStream answer = network.request(at, silence);
            boolean handedOn = false;
            BufferedInputStream body = new BufferedInputStream(answer.body());
            try {
                if (!isPlaylist(body)) {
                    handedOn = true;
                    return new Playlists(answer.at(), body, false, warning);
                }
                byte[] text = body.readNBytes(MAX_BYTES);
                List<String> lines = new String(text, StandardCharsets.UTF_8)
                        .lines()
                        .map(String::strip)
                        .toList();
                List<String> variants = variants(lines);
                if (variants.isEmpty()) {
                    checkGoesOn(address, lines);
                    return new Playlists(answer.at(), new java.io.ByteArrayInputStream(text), true, warning);
                }
                if (variants.size() > 1) {
                    warning = "the playlist has " + variants.size() + " variants; the first one is read";
                }
                at = answer.at().resolve(variants.getFirst());
            } catch (IOException e) {
                throw new SourceException(
                        address + " cannot be read: " + MessageSanitizer.describe(e) + "; check the address", e);
            } catch (IllegalArgumentException e) {
                throw new SourceException(
                        address + " is a playlist of addresses that are not valid; name the stream itself", e);
            } finally {
                if (!handedOn) {
                    closeQuietly(body);
                }
            }
        }
        throw new SourceException(address + " is a playlist of playlists of playlists; name the stream itself");
    }

    private static boolean isPlaylist(BufferedInputStream body) throws IOException {
        body.mark(BEGIN.length());
        boolean is = new String(body.readNBytes(BEGIN.length()), StandardCharsets.ISO_8859_1).equals(BEGIN);
        body.reset();
        return is;
    }

    private static List<String> variants(List<String> lines) {
        List<String> found = new java.util.ArrayList<>();
        boolean next = false;
        for (String line : lines) {
            if (next && !line.isEmpty() && !line.startsWith("#")) {
                found.add(line);
                next = false;
            }
            next |= line.startsWith(VARIANT);
        }
        return found;
    }

    private static void checkGoesOn(URI address, List<String> lines) throws SourceException {
        if (lines.contains(ENDED)) {
            throw new SourceException(address
                    + " is the playlist of a video that has ended, no live stream; download it and submit the file");
        }
    }

    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // It is closed as far as it can be.
        }
    }
}
