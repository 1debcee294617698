package io.framequota.contract.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.JobFact;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
    private static final Logger LOG = Logger.getLogger(RecordReader.class.getName());

    private final List<String> counted = new ArrayList<>();
    private final List<String> handled = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private long nanos;
    private final RecordReader<JobFact> reader =
            new RecordReader<>(Topics.JOBS, JobFact.parser(), counted::add, () -> nanos);
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    @Test
    void unreadableRecordIsSetAsideAndTheNextOneIsRead() throws InterruptedException {
        read(7, null);
        read(8, "nonsense".getBytes(StandardCharsets.UTF_8));
        reader.read(0, 9, fact("a"), f -> {
            throw new IllegalArgumentException("a handler that fails");
        });
        read(10, fact("b"));

        assertThat(handled).containsExactly("b");
        assertThat(counted).containsExactly(Topics.JOBS, Topics.JOBS, Topics.JOBS);
        assertThat(lines)
                .containsExactly(
                        "The record at offset 7 of partition 0 of fq.jobs is set aside: it has no value",
                        "The record at offset 8 of partition 0 of fq.jobs is set aside: it is not a message of this topic",
                        "The record at offset 9 of partition 0 of fq.jobs is set aside: handling it failed");
    }

    @Test
    void countsAllRecordsAndLogsTenPerMinute() throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            read(i, null);
        }
        assertThat(counted).hasSize(1000);
        assertThat(lines).hasSize(10);

        nanos += 61_000_000_000L;
        read(1000, null);
        assertThat(lines).hasSize(11);
    }

    @Test
    void interruptOfTheHandlerIsPassedOn() {
        assertThatThrownBy(() -> reader.read(0, 1, fact("a"), f -> {
                    throw new InterruptedException("the process stops");
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(counted).isEmpty();
    }

    private void read(long offset, byte[] value) throws InterruptedException {
        reader.read(0, offset, value, f -> handled.add(f.getJob()));
    }

    private static byte[] fact(String job) {
        return JobFact.newBuilder().setJob(job).build().toByteArray();
    }
}
