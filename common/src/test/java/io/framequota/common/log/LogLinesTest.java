package io.framequota.common.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    @Test
    void aLineHasTimeLevelClassAndMessage() {
        assertThat(new LogLines(false, ZoneOffset.UTC).format(record(Level.WARNING, "job {0}: \"late\"")))
                .isEqualTo("2026-12-01 10:11:41.814 WARN  [Story] job j1: \"late\"\n");
    }

    @Test
    void jsonIsOneObjectALineWhateverTheMessageHolds() {
        LogRecord record = record(Level.SEVERE, "job {0}: \"late\"\n\u0007");
        record.setThrown(new IllegalStateException("no"));
        String line = new LogLines(true, ZoneOffset.UTC).format(record);
        assertThat(line)
                .startsWith(
                        "{\"time\":\"2026-12-01T10:11:41.814Z\",\"level\":\"ERROR\",\"logger\":\"io.framequota.Story\",")
                .contains("\"message\":\"job j1: \\\"late\\\"\\n\\u0007\"")
                .contains("\"error\":\"java.lang.IllegalStateException: no\\n\\tat ")
                .endsWith("\"}\n");
        assertThat(line.lines()).hasSize(1);
        assertThat(LogLines.isJson(Map.of(LogLines.VARIABLE, "JSON"))).isTrue();
        assertThat(LogLines.isJson(Map.of())).isFalse();
    }

    private static LogRecord record(Level level, String message) {
        LogRecord record = new LogRecord(level, message);
        record.setInstant(Instant.parse("2026-12-01T10:11:41.814Z"));
        record.setLoggerName("io.framequota.Story");
        record.setParameters(new Object[] {"j1"});
        return record;
    }
}
