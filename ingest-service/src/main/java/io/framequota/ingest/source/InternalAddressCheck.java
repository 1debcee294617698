package io.framequota.ingest.source;

import io.framequota.media.decode.SourceException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/**
 * Refuses sources in this service's own network: a client who may submit a job must not read what answers only there (a cloud's
 * metadata, other services). Called before every request, also for redirects. The request that follows uses the same address,
 * because the JVM caches the lookup of a name for 30 s.
 */
final class InternalAddressCheck {
    private static final Set<InetAddress> METADATA = Set.of(
            // fd00:ec2::254 and fd20:ce::254: Amazon and Google over IPv6
            address(new byte[] {(byte) 0xFD, 0, 0x0E, (byte) 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}),
            address(new byte[] {(byte) 0xFD, 0x20, 0, (byte) 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}),
            // 100.100.100.200: Alibaba; 192.0.0.192: Oracle; 168.63.129.16: Azure's host
            address(new byte[] {100, 100, 100, (byte) 200}),
            address(new byte[] {(byte) 192, 0, 0, (byte) 192}),
            address(new byte[] {(byte) 168, 63, (byte) 129, 16}));

    private final boolean allowed;

    /** @param allowed whether internal addresses may be read nevertheless */
    InternalAddressCheck(boolean allowed) {
        this.allowed = allowed;
    }

    /**
     * Checks the target of a request. Always refuses link-local addresses and those at which clouds publish credentials of the machine,
     * because no source is there.
     *
     * @return the host's addresses, one at least
     * @throws SourceException when any address of the host is refused
     * @throws UnknownHostException when the host has no address
     */
    List<InetAddress> check(URI target) throws SourceException, UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(target.getHost());
        for (InetAddress address : addresses) {
            InetAddress reached = reached(address);
            if (neverASource(reached)) {
                throw new SourceException(target + " is at the link-local or cloud metadata address "
                        + address.getHostAddress() + ", which is never read or written");
            }
            if (!allowed && (internal(address) || internal(reached))) {
                throw new SourceException(target + " is at the internal address " + address.getHostAddress()
                        + "; upload the file, or let this service read internal addresses with"
                        + " FRAMEQUOTA_FETCH_INTERNAL=true");
            }
        }
        return List.of(addresses);
    }

    /** fe80::/10, 169.254.0.0/16 and the metadata addresses of EC2 over IPv6, Alibaba, Oracle and Azure's host. */
    static boolean neverASource(InetAddress address) {
        return address.isLinkLocalAddress() || METADATA.contains(address);
    }

    /** The IPv4 address to which an IPv6 address leads through a translator or a tunnel; else the address itself. */
    static InetAddress reached(InetAddress address) {
        byte[] a = address.getAddress();
        if (a.length != 16) {
            return address;
        }
        // 2002::/16, 6to4 (RFC 3056)
        if ((a[0] & 0xFF) == 0x20 && a[1] == 0x02) {
            return ipv4(a, 2, 0);
        }
        // 2001::/32, Teredo (RFC 4380): the client's address, inverted
        if ((a[0] & 0xFF) == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0) {
            return ipv4(a, 12, 0xFF);
        }
        boolean compatible = zero(a, 0, 12);
        // The JDK already turns ::ffff:0:0/96 into IPv4; ::ffff:0:a.b.c.d is RFC 2765.
        boolean translated = zero(a, 0, 8) && (a[8] & 0xFF) == 0xFF && (a[9] & 0xFF) == 0xFF && zero(a, 10, 12);
        // 64:ff9b::/96 and 64:ff9b:1::/48 (RFC 6052, 8215)
        boolean nat64 = a[0] == 0 && a[1] == 0x64 && (a[2] & 0xFF) == 0xFF && (a[3] & 0xFF) == 0x9B;
        // ISATAP (RFC 5214): any prefix, then 0:5efe or 200:5efe
        boolean isatap = (a[8] & 0xFD) == 0 && a[9] == 0 && (a[10] & 0xFF) == 0x5E && (a[11] & 0xFF) == 0xFE;
        boolean loopback = address.isLoopbackAddress() || address.isAnyLocalAddress();
        return !loopback && (compatible || translated || nat64 || isatap) ? ipv4(a, 12, 0) : address;
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static InetAddress ipv4(byte[] bytes, int from, int inverted) {
        byte[] four = new byte[4];
        for (int i = 0; i < four.length; i++) {
            four[i] = (byte) (bytes[from + i] ^ inverted);
        }
        return address(four);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
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

    /** fc00::/7 (RFC 4193). The JDK already counts fec0::/10 as site-local. */
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
