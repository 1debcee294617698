package io.framequota.inference.live;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a worker did for all its streams since its start. */
final class LaneCounters {
    final LongAdder frames = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder unsent = new LongAdder();
    final LongAdder notAnnotated = new LongAdder();

    LaneCounters(Tags worker, MeterRegistry meters) {
        counter("framequota.live.frames", frames, "Frames of streams with a line", worker, meters);
        counter(
                "framequota.live.dropped",
                dropped,
                "Frames of streams that were left out because decoding or inference was behind",
                worker,
                meters);
        counter(
                "framequota.live.annotated.dropped",
                notAnnotated,
                "Pictures left out of annotated streams because drawing and encoding was behind or failed, or the broker was away",
                worker,
                meters);
        counter("framequota.live.unsent", unsent, "Results of streams that the broker did not take", worker, meters);
    }

    private static void counter(String name, LongAdder count, String description, Tags tags, MeterRegistry meters) {
        FunctionCounter.builder(name, count, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(meters);
    }
}
