package io.framequota.ingest.job;

import io.framequota.analysis.zone.Zone;
import io.framequota.ingest.failure.RejectedRequestException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * That the objects of a job's result have the numbers of their tracks.
 *
 * @param zones in which the tracks are counted
 */
public record Tracking(List<Zone> zones) {
    private static final int MAX_CHARACTERS = 16 * 1024;

    public Tracking {
        zones = List.copyOf(zones);
    }

    /**
     * Reads what a request says; zones imply tracks.
     *
     * @param words of zones, as {@link Zone#parse} reads them
     */
    public static Optional<Tracking> of(boolean track, List<String> words) {
        if (words.stream().mapToInt(String::length).sum() > MAX_CHARACTERS) {
            throw RejectedRequestException.unprocessable(
                    "the zones have more than " + MAX_CHARACTERS + " characters; give fewer or simpler ones");
        }
        try {
            List<Zone> zones = Zone.parse(words);
            return track || !zones.isEmpty() ? Optional.of(new Tracking(zones)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw RejectedRequestException.unprocessable("zone: " + e.getMessage());
        }
    }

    /** The zones in words; empty if there are none. */
    public String words() {
        return zones.stream().map(Zone::text).collect(Collectors.joining(" "));
    }
}
