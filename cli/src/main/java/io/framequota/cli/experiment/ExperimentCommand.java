package io.framequota.cli.experiment;

import picocli.CommandLine.Command;

/** {@code fq experiment}: a name for its commands. */
@Command(
        name = "experiment",
        description = "Compare policies on the same workload, simulated or on real cores.",
        footer = {
            "",
            "Examples:",
            "  fq experiment list",
            "  fq experiment run experiments/divide-and-conquer.yaml",
            "  fq experiment run my.yaml --on local --repeat 5 -o out"
        })
public final class ExperimentCommand {}
