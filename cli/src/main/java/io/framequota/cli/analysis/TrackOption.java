package io.framequota.cli.analysis;

import io.framequota.analysis.zone.Zone;
import io.framequota.common.failure.Failure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Option;

/** The options {@code --track} and {@code --zone} of commands that write results. */
public final class TrackOption {
    @Option(
            names = "--track",
            description =
                    "Number the objects over time, as fq track does: each detection of a track gets \"track\": N.")
    private boolean track;

    @Option(
            names = "--zone",
            arity = "1..*",
            paramLabel = "NAME=X,Y X,Y ...",
            description =
                    "Line (two points) or area (more) to count tracks in; implies --track. Repeatable; give SOURCEs before"
                            + " it.")
    private List<String> zones = List.of();

    /** Whether tracks are wanted. */
    public boolean wanted() {
        return track || !zones.isEmpty();
    }

    /**
     * The zones.
     *
     * @throws Failure wrong use: they are not zones
     */
    public List<Zone> zones() {
        return zones(zones);
    }

    /** Whether {@code --track} was given. */
    public boolean track() {
        return track;
    }

    /**
     * The zones in words, one each, as a submission has them.
     *
     * @throws Failure wrong use: they are not zones
     */
    public List<String> words() {
        return zones().stream().map(Zone::text).toList();
    }

    /** The options as a part of a request's query, empty where the job's own are to be used. */
    public String query() {
        StringBuilder query = new StringBuilder(track ? "&track=true" : "");
        for (String zone : words()) {
            query.append("&zone=")
                    .append(URLEncoder.encode(zone, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return query.toString();
    }

    static List<Zone> zones(List<String> words) {
        try {
            return Zone.parse(words);
        } catch (IllegalArgumentException e) {
            throw Failure.use("--zone: " + e.getMessage());
        }
    }
}
