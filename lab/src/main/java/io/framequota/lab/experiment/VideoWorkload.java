package io.framequota.lab.experiment;

import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Videos submitted to a running system. Their cost is unknown until they have run, unless the file states sizes.
 *
 * @param requests the submitted videos; a video that is submitted twice is listed twice
 * @param model that all of them are run with
 * @param repository with the model, where it is not built in
 * @param every one frame in so many is inferred, one number for each request
 * @param arrivals seconds after the start, one for each request
 * @param rate submissions a second where arrivals are random (Poisson): {@link #drawn} draws them; else empty
 * @param sizes CPU seconds at one core, one for each request; empty if unknown
 */
public record VideoWorkload(
        List<Named> requests,
        Named model,
        Optional<Named> repository,
        List<Integer> every,
        List<Double> arrivals,
        OptionalDouble rate,
        List<Double> sizes)
        implements Workload {

    /**
     * A name in the experiment file that is resolved only when it is used.
     *
     * @param text as written
     * @param folder of the file
     * @param position file, line and field; prefix of error messages
     */
    public record Named(String text, Path folder, String position) {
        /** An error at this position. */
        public InvalidExperimentException bad(String wrong) {
            return new InvalidExperimentException(position + wrong);
        }

        /** The text as a path relative to the file. */
        public Path path() {
            return folder.resolve(text).normalize();
        }
    }

    public VideoWorkload {
        requests = List.copyOf(requests);
        every = List.copyOf(every);
        arrivals = List.copyOf(arrivals);
        sizes = List.copyOf(sizes);
    }

    /** The experiment's videos; empty if its workload is not videos. */
    public static Optional<VideoWorkload> of(Experiment experiment) {
        return experiment.workload() instanceof VideoWorkload videos ? Optional.of(videos) : Optional.empty();
    }

    /** Whether sizes are known; {@link #stream} throws if not. */
    public boolean sized() {
        return !sizes.isEmpty();
    }

    /** The same workload with measured sizes. */
    public VideoWorkload sized(List<Double> measured) {
        return new VideoWorkload(requests, model, repository, every, arrivals, rate, measured);
    }

    /** One request, submitted at once, without a size. */
    public VideoWorkload single(int request) {
        return new VideoWorkload(
                List.of(requests.get(request)),
                model,
                repository,
                List.of(every.get(request)),
                List.of(0.0),
                OptionalDouble.empty(),
                List.of());
    }

    /**
     * The requests of a run with this seed: the same if arrivals are given; if not, the same requests in a random order,
     * with exponential times between them (Knuth, The Art of Computer Programming 2, 3.4.1).
     */
    public VideoWorkload drawn(long seed) {
        if (rate.isEmpty()) {
            return this;
        }
        Random random = new Random(seed);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, count()).boxed().toList());
        Collections.shuffle(order, random);
        double[] at = {0};
        return new VideoWorkload(
                order.stream().map(requests::get).toList(),
                model,
                repository,
                order.stream().map(every::get).toList(),
                order.stream()
                        .map(i -> at[0] += -Math.log(1 - random.nextDouble()) / rate.getAsDouble())
                        .toList(),
                rate,
                sized() ? order.stream().map(sizes::get).toList() : sizes);
    }

    @Override
    public Iterator<Arrival> stream(long seed) {
        if (!sized()) {
            throw new IllegalStateException("videos have no sizes before they have run");
        }
        return IntStream.range(0, count())
                .boxed()
                .sorted(java.util.Comparator.comparingDouble(arrivals::get))
                .map(i -> new Arrival(i + 1L, arrivals.get(i), sizes.get(i), Map.of()))
                .iterator();
    }

    @Override
    public int count() {
        return requests.size();
    }
}
