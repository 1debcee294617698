package io.framequota.media.live.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveNetwork;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;

/** Addresses of streams as FFmpeg gets them, after a check. */
final class LiveAddress {
    private LiveAddress() {}

    /** The address itself, whose host may be connected to. */
    static String checked(URI uri, LiveNetwork network) throws SourceException {
        network.lookUp(uri);
        return uri.toString();
    }

    /** The address with its host as a number, so that FFmpeg connects to the very host that was checked. */
    static String pinned(URI uri, LiveNetwork network) throws SourceException {
        return numbered(uri, network.lookUp(uri));
    }

    /** The address with a number as its host. */
    static String numbered(URI uri, InetAddress host) {
        String number = host.getHostAddress().replaceFirst("%.*", "");
        return uri.getScheme().toLowerCase(Locale.ROOT) + "://"
                + (uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@")
                + (host instanceof Inet6Address ? "[" + number + "]" : number)
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + uri.getRawPath()
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    /** What an RTMP client calls the server: its name, by which one server may tell several hosts apart, and the application. */
    static String tcUrl(URI uri) {
        String[] parts = uri.getRawPath().replaceFirst("^/", "").split("/", -1);
        String application = parts.length > 2 ? parts[0] + "/" + parts[1] : parts[0];
        return "rtmp://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + "/" + application;
    }
}
