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
 * Videos that a running system looks for objects in. What they cost is known only once they have run, unless the file
 * says it.
 *
 * @param requests the submitted videos; a video that is submitted twice is listed twice
 * @param model that all of them are run with
 * @param repository with the model, where it is not built in
 * @param every one frame in so many is inferred, one number for each request
 * @param arrivals seconds after the start, one for each request
 * @param rate submissions a second where arrivals are random (Poisson): {@link #drawn} draws them; else empty
 * @param sizes CPU seconds at one core, one for each request; empty where nobody knows
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
     * Something that the file names and that is looked for only when it is needed.
     *
     * @param text as written
     * @param folder of the file
     * @param podSettings file, line and field, for a complaint to begin with
     */
    public record Named(String text, Path folder, String podSettings) {
        /** Says at the place where it stands what is wrong with it. */
        public InvalidExperimentException bad(String wrong) {
            return new InvalidExperimentException(podSettings + wrong);
        }

        /** Where a path is meant. */
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

    /** Whether an experiment's workload is videos, and which. */
    public static Optional<VideoWorkload> of(Experiment experiment) {
        return experiment.workload() instanceof VideoWorkload videos ? Optional.of(videos) : Optional.empty();
    }

    /** Whether what they cost is known; without that there are no {@link #arrivals(long)} to simulate. */
    public boolean sized() {
        return !sizes.isEmpty();
    }

    /** The same with what they were measured to cost. */
    public VideoWorkload sized(List<Double> measured) {
        return new VideoWorkload(requests, model, repository, every, arrivals, rate, measured);
    }

    /** A single request of it, submitted at once, of unknown cost. */
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
            throw new IllegalStateException("what videos cost is not known before they have run");
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
