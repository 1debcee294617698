package io.framequota.cli.options;

import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --projection}. */
public final class ProjectionOption {
    private static final List<String> PROJECTIONS =
            List.of(Submission.AUTO, "flat", "equirect", "cubemap", "cubemap6x1", "eac");

    @Option(
            names = "--projection",
            paramLabel = "PROJECTION",
            description =
                    "What the pictures show: flat, or 360° as equirect, cubemap (3x2), cubemap6x1 or eac (YouTube's"
                            + " equi-angular cubemap); auto for what the source states (default: ${DEFAULT-VALUE}).")
    private String projection = Submission.AUTO;

    /**
     * The projection.
     *
     * @throws Failure there is no such projection
     */
    public String checked() {
        if (!PROJECTIONS.contains(projection)) {
            throw Failure.use("--projection " + projection + ": give " + String.join(", ", PROJECTIONS));
        }
        return projection;
    }
}
