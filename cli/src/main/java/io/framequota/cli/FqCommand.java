package io.framequota.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code fq} itself: a name for its commands. */
@Command(
        name = "fq",
        mixinStandardHelpOptions = true,
        version = "framequota 0.1.0",
        subcommands = HelpCommand.class,
        description = "Video in, detections out, and a scheduler that decides who gets the cores.",
        footer = {
            "",
            "Exit codes: 0 done; 1 the work failed; 2 wrong use or bad input; 3 a needed part is missing; 130"
                    + " interrupted.",
            "",
            "Examples:",
            "  fq detect sample:walkers -o out.jsonl.gz",
            "  fq up --detach",
            "  fq submit street.mp4",
            "  fq COMMAND --help"
        })
final class FqCommand {}
