package io.framequota.scheduler.controller.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.framequota.scheduler.simulator.ForecastAccuracy;
import io.framequota.scheduler.simulator.ForecastOutcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastHistoryTest {
    private final ForecastHistory record = new ForecastHistory();

    @Test
    void hasNoAccuracyWithoutOutcomes() {
        assertThat(record.accuracy()).isEqualTo(new ForecastAccuracy(0, null, null, null, null, null));
        assertThat(record.byPolicy()).isEmpty();
    }

    @Test
    void errorsAreRelativeToTheResponse() {
        record.add(new ForecastOutcome("srpt", 11, 10));
        record.add(new ForecastOutcome("srpt", 18, 20));
        record.add(new ForecastOutcome("las", 30, 30));

        ForecastAccuracy all = record.accuracy();

        assertThat(all.jobs()).isEqualTo(3);
        assertThat(all.medianError()).isCloseTo(0.1, within(1e-9));
        assertThat(all.bias()).isCloseTo(0, within(1e-9));
        assertThat(all.correlation()).isBetween(0.97, 1.0);
        assertThat(record.byPolicy().get("las").medianError()).isZero();
        assertThat(record.byPolicy().get("srpt").jobs()).isEqualTo(2);
    }

    @Test
    void aConstantForecastDoesNotCorrelate() {
        for (int i = 1; i <= 20; i++) {
            record.add(new ForecastOutcome("auto", 10, i));
        }

        assertThat(record.accuracy().correlation()).isNull();
        assertThat(record.accuracy().p90Error()).isGreaterThan(1);
    }

    @Test
    void intervalContainsThePastResponses() {
        ForecastHistory.Spread assumed = record.spread("auto");
        assertThat(assumed.low()).isBetween(0.5, 0.9);
        assertThat(assumed.high()).isBetween(1.1, 2.0);

        for (int i = 0; i < 100; i++) {
            record.add(new ForecastOutcome("auto", 100, 98 + i % 5));
        }

        assertThat(record.spread("auto").low()).isCloseTo(0.98, within(1e-9));
        assertThat(record.spread("auto").high()).isCloseTo(1.02, within(1e-9));
        assertThat(record.spread("las")).isEqualTo(assumed);
    }

    @Test
    void onlyTheLatestAreKept() {
        for (int i = 0; i < ForecastHistory.MOST + 50; i++) {
            record.add(new ForecastOutcome("auto", 1, 1));
        }

        assertThat(record.accuracy().jobs()).isEqualTo(ForecastHistory.MOST);
    }

    @Test
    void newLeaderContinuesTheForecastHistoryOfEarlierOnes() {
        record.add(new ForecastOutcome("auto", 1, 1));

        record.replaceAll(List.of(new ForecastOutcome("las", 2, 1), new ForecastOutcome("las", 1, 0)));

        assertThat(record.accuracy().jobs()).isEqualTo(1);
        assertThat(record.byPolicy()).containsOnlyKeys("las");
    }
}
