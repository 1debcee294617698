package io.framequota.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.media.decode.SourceException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternalAddressCheckTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
                        "192.168.1.1",
                "169.254.169.254", "100.64.0.1", "100.127.255.255", "224.0.0.1", "255.255.255.255", "::1", "::",
                        "fe80::1",
                "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"
            })
    void recognizesInternalAddresses(String address) throws UnknownHostException {
        assertThat(InternalAddressCheck.internal(InetAddress.getByName(address)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.1",
                "172.15.0.1",
                "172.32.0.1",
                "100.63.0.1",
                "100.128.0.1",
                "193.168.1.1",
                "2001:db8::1",
                "2606:4700::1111"
            })
    void recognizesPublicAddresses(String address) throws UnknownHostException {
        assertThat(InternalAddressCheck.internal(InetAddress.getByName(address)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.170.2",
                "100.100.100.200",
                "192.0.0.192",
                "168.63.129.16",
                "[::ffff:169.254.169.254]",
                "[::ffff:a9fe:a9fe]",
                "[::a9fe:a9fe]",
                "[::ffff:0:a9fe:a9fe]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::a9fe:a9fe]",
                "[2002:a9fe:a9fe::1]",
                "[2001:0:1:2:3:4:5601:5601]",
                "[2606:4700::5efe:a9fe:a9fe]",
                "[fe80::1]",
                "[fd00:ec2::254]",
                "[fd20:ce::254]"
            })
    void refusesCloudMetadataInEveryNotation(String host) {
        assertThatThrownBy(() -> new InternalAddressCheck(true).check(URI.create("http://" + host + "/latest")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("never read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "[::1]",
                "10.0.0.1",
                "[fd12:3456::1]",
                "1.1.1.1",
                "[2001:db8::1]",
                "[64:ff9b::7f00:1]"
            })
    void allowsOtherAddressesWhenInternalOnesAreAllowed(String host) throws Exception {
        new InternalAddressCheck(true).check(URI.create("http://" + host + "/"));
    }

    @Test
    void aTunnelToAnInternalAddressCountsAsInternal() {
        assertThatThrownBy(() -> new InternalAddressCheck(false).check(URI.create("http://[64:ff9b::7f00:1]/")))
                .hasMessageContaining("internal address");
    }
}
