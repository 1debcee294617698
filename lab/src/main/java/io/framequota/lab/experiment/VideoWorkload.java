package io.framequota.lab.experiment;

import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.Workload;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Videos that a running system looks for objects in. What they cost is known only once they have run, unless the file
 * says it.
 *
 * @param requests what is submitted, one element each; a video that is asked for twice stands here twice
 * @param model that all of them are run with
 * @param repository with the model, where it is not built in
 * @param every so many frames one is inferred
 * @param arrivals seconds after the start, one for each request
 * @param sizes CPU seconds at one core, one for each request; empty where nobody knows
 */
public record VideoWorkload(
        List<Named> requests,
        Named model,
        Optional<Named> repository,
        int every,
        List<Double> arrivals,
        List<Double> sizes)
        implements Workload {

    /**
     * Something that the file names and that is looked for only when it is needed.
     *
     * @param text as written
     * @param folder of the file
     * @param place file, line and field, for a complaint to begin with
     */
    public record Named(String text, Path folder, String place) {
        /** Says at the place where it stands what is wrong with it. */
        public InvalidExperimentException bad(String wrong) {
            return new InvalidExperimentException(place + wrong);
        }

        /** Where a path is meant. */
        public Path path() {
            return folder.resolve(text).normalize();
        }
    }

    public VideoWorkload {
        requests = List.copyOf(requests);
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
        return new VideoWorkload(requests, model, repository, every, arrivals, measured);
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
