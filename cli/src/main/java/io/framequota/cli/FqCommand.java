package io.framequota.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code fq}, the parent of all commands. */
@Command(
        name = "fq",
        mixinStandardHelpOptions = true,
        version = "framequota 0.1.0",
        subcommands = HelpCommand.class,
        description = "Detects objects in videos. A scheduler divides the machine's cores among the jobs.",
        footer = {
            "",
            "Exit codes: 0 success; 1 the work failed; 2 wrong use or bad input; 3 a required part is missing; 130"
                    + " interrupted.",
            "",
            "Examples:",
            "  fq detect sample:walkers -o out.jsonl.gz",
            "  fq up --detach",
            "  fq submit street.mp4",
            "  fq COMMAND --help"
        })
final class FqCommand {}
