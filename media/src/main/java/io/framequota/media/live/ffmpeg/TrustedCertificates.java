package io.framequota.media.live.ffmpeg;

import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The authorities that this JVM trusts, in a file for FFmpeg, which has none of its own and checks no certificate unless it is told to. The
 * file is there until this is closed; a connection needs it only while it is made. FFmpeg checks the name of the server, and does not when
 * the address has a number in its place, so such addresses are refused.
 */
final class TrustedCertificates implements AutoCloseable {
    /** For messages: FFmpeg does not say why a handshake failed. */
    static final String HINT =
            "the server's certificate must be valid for its name and of an authority that this service trusts";

    private final Path file;

    private TrustedCertificates(Path file) {
        this.file = file;
    }

    /** Whether a connection to the address is encrypted by FFmpeg. */
    static boolean isNeeded(URI address) {
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        return scheme.equals("rtmps") || scheme.equals("rtsps");
    }

    /**
     * Writes the file.
     *
     * @param address to which a connection is made
     * @throws SourceException when the address has a number in place of the server's name
     * @throws IOException when the file cannot be written
     */
    static TrustedCertificates of(URI address) throws SourceException, IOException {
        String host = address.getHost();
        if (host.startsWith("[") || Character.isDigit(host.charAt(host.lastIndexOf('.') + 1))) {
            throw new SourceException(address.getScheme() + "://" + host
                    + " has a number as its host, for which no certificate can be checked; write the server's name");
        }
        Path file = Files.createTempFile("framequota-authorities", ".pem");
        TrustedCertificates written = new TrustedCertificates(file);
        boolean complete = false;
        try {
            Files.writeString(file, pem());
            complete = true;
            return written;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates that this service trusts cannot be read: " + e.getMessage(), e);
        } finally {
            if (!complete) {
                written.close();
            }
        }
    }

    private static String pem() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((@Nullable KeyStore) null);
        Base64.Encoder lines = Base64.getMimeEncoder();
        StringBuilder text = new StringBuilder();
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                for (X509Certificate authority : x509.getAcceptedIssuers()) {
                    text.append("-----BEGIN CERTIFICATE-----\n")
                            .append(lines.encodeToString(authority.getEncoded()))
                            .append("\n-----END CERTIFICATE-----\n");
                }
            }
        }
        return text.toString();
    }

    /** FFmpeg's options for a connection that is checked. */
    Map<String, String> options() {
        return Map.of("tls_verify", "1", "ca_file", file.toString());
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
