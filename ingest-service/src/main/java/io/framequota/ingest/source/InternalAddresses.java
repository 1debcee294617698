package io.framequota.ingest.source;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Keeps sources out of the network that this service stands in: whoever may submit a job must not read, through us, what
 * answers only there (a cloud's metadata, other services). Asked before every request, redirects included; the name is
 * looked up here, and the request that follows finds the same answer in the JVM's own cache, which keeps it 30 s.
 */
final class InternalAddresses {
    private final boolean allowed;

    /** @param allowed whether such addresses may be read all the same */
    InternalAddresses(boolean allowed) {
        this.allowed = allowed;
    }

    /**
     * Lets a request pass or not.
     *
     * @throws SourceException when any address of the host is an internal one
     * @throws UnknownHostException when the host has none
     */
    void check(URI target) throws SourceException, UnknownHostException {
        if (allowed) {
            return;
        }
        for (InetAddress address : InetAddress.getAllByName(target.getHost())) {
            if (internal(address)) {
                throw new SourceException(target + " is at the internal address " + address.getHostAddress()
                        + "; upload the file, or let this service read internal addresses with"
                        + " FRAMEQUOTA_FETCH_INTERNAL=true");
            }
        }
    }

    static boolean internal(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet6Address ? uniqueLocal(address) : reserved(address));
    }

    /** fc00::/7 (RFC 4193), and fec0::/10 is site-local to the JDK already. */
    private static boolean uniqueLocal(InetAddress address) {
        return (address.getAddress()[0] & 0xFE) == 0xFC;
    }

    /** 0.0.0.0/8 "this network", 100.64.0.0/10 between providers and customers (RFC 6598), 240.0.0.0/4 reserved. */
    private static boolean reserved(InetAddress address) {
        byte[] octets = address.getAddress();
        int first = octets[0] & 0xFF;
        return first == 0 || (first == 100 && (octets[1] & 0xC0) == 64) || first >= 240;
    }
}
