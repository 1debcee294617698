package io.framequota.cli.options;

import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --transport}. */
public final class TransportOption {
    private static final List<String> TRANSPORTS = List.of(Submission.AUTO, "packets", "pixels");

    @Option(
            names = "--transport",
            paramLabel = "TRANSPORT",
            description =
                    "How frames travel to workers: auto, packets or pixels (default: ${DEFAULT-VALUE}). Packets are the"
                            + " source's own, which workers decode; a source that cannot be cut goes on by pixels.")
    private String transport = Submission.AUTO;

    /**
     * The transport.
     *
     * @throws Failure there is no such transport
     */
    public String checked() {
        if (!TRANSPORTS.contains(transport)) {
            throw Failure.use("--transport " + transport + ": give auto, packets or pixels");
        }
        return transport;
    }
}
