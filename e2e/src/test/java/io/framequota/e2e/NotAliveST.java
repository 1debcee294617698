package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that reports that it is not alive, and stays so, is started again by fq as a cluster would do it. */
@Tag("long")
class NotAliveST {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** Workers' reports cannot be read: the consumer of one service ends for good. The others only have it declared. */
    private static final Map<String, String> BROKEN = Map.of(
            "MP_MESSAGING_INCOMING_WORKERS_CONNECTOR",
            "smallrye-kafka",
            "MP_MESSAGING_INCOMING_WORKERS_TOPIC",
            "fq.workers",
            "MP_MESSAGING_INCOMING_WORKERS_VALUE_DESERIALIZER",
            "org.apache.kafka.common.serialization.IntegerDeserializer");

    @TempDir
    Path folder;

    @Test
    void aProcessThatStaysDownIsRestartedAndTheUserIsTold() throws Exception {
        Process fq = Fq.start(
                folder.resolve("out"),
                folder.resolve("err"),
                BROKEN,
                "up",
                "--data",
                folder.resolve("data").toString(),
                "--port",
                Integer.toString(Server.freePort()),
                "--workers",
                "1");
        try {
            long first = await(fq, "ingest-service runs", () -> pid(fq));

            long second = await(fq, "it was started again", () -> {
                long now = pid(fq);
                return now == first ? 0 : now;
            });

            assertThat(second).isNotEqualTo(first);
            List<String> said = Files.readAllLines(folder.resolve("err")).stream()
                    .filter(line -> line.contains("ingest-service"))
                    .toList();
            assertThat(said).hasSize(1);
            assertThat(said.getFirst())
                    .contains("reported that it is not alive")
                    .contains("restarting it");
        } finally {
            Fq.signal(fq.pid(), "TERM");
            fq.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private interface Look {
        long now() throws IOException;
    }

    private long await(Process fq, String what, Look look) throws Exception {
        try {
            return Awaitility.await(what)
                    .atMost(LIMIT)
                    .failFast("fq ended", () -> !fq.isAlive())
                    .until(look::now, seen -> seen != 0);
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError(Files.readString(folder.resolve("err")), e);
        }
    }

    private static long pid(Process fq) {
        List<Long> pids = Fq.pidsOf(fq.toHandle(), "ingest-service");
        return pids.isEmpty() ? 0 : pids.getFirst();
    }
}
