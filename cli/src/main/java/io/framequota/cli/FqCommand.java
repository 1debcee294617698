package io.framequota.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code fq}, the parent of all commands. Without one of them it prints its help. */
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
            "Settings for all commands, one NAME = VALUE a line, are in ~/.config/framequota/config (or the file that"
                    + " FQ_CONFIG names): server, key, model, policy. An option comes before its variable (FQ_SERVER,"
                    + " FQ_KEY, FQ_MODEL, FQ_POLICY), and that before the file.",
            "",
            "Examples:",
            "  fq detect sample:walkers -o out.jsonl.gz",
            "  fq up --detach",
            "  fq submit street.mp4",
            "  fq COMMAND --help"
        })
final class FqCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
