package io.framequota.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreePortsTest {
    @TempDir
    Path folder;

    @Test
    void noPortIsGivenTwiceEvenToTwoSystemsWithTheSameLuck() throws IOException {
        Path file = folder.resolve("cache/ports");
        Set<Integer> all = new HashSet<>();
        try (FreePorts one = new FreePorts(file, new Random(7));
                FreePorts other = new FreePorts(file, new Random(7))) {
            for (int i = 0; i < 20; i++) {
                assertThat(all.add(one.next())).isTrue();
                assertThat(all.add(other.next())).isTrue();
            }
        }
    }

    @Test
    void aPortThatIsListenedOnIsNotFree() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(FreePorts.isFree(taken.getLocalPort())).isFalse();
        }
    }
}
