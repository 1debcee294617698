package io.framequota.scheduler.controller.placement.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
    @Test
    void aSelectorIsAListOfLabels() {
        assertThat(WorkerPool.of("ns", "a=b, c==d").labels()).isEqualTo(Map.of("a", "b", "c", "d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a!=b", "a in (b)", "=b"})
    void anythingElseIsRefused(String selector) {
        assertThatThrownBy(() -> WorkerPool.of("ns", selector)).isInstanceOf(IllegalArgumentException.class);
    }
}
