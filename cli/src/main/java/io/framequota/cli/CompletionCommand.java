package io.framequota.cli;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fq completion}. */
@Command(
        name = "completion",
        description = "Print a script with which a shell completes fq's commands and options.",
        footer = {
            "",
            "Examples:",
            "  source <(fq completion bash)",
            "  fq completion bash > ~/.local/share/bash-completion/completions/fq",
            "  fq completion zsh > ~/.fq.zsh && echo 'source ~/.fq.zsh' >> ~/.zshrc",
            "  fq completion fish > ~/.config/fish/completions/fq.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String shell = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandLine fq = spec.root().commandLine();
        terminal.print(
                switch (shell) {
                    // The script sees to it that zsh reads it as bash does.
                    case "bash", "zsh" -> AutoComplete.bash("fq", fq);
                    case "fish" -> fish(fq);
                    default -> throw Failure.use("there is no completion for " + shell + ": give bash, zsh or fish");
                });
        return Failure.DONE;
    }

    private static String fish(CommandLine fq) {
        StringBuilder script = new StringBuilder("# Completion of fq for fish.\n");
        fish(fq, List.of(), script);
        return script.toString();
    }

    private static void fish(CommandLine command, List<String> path, StringBuilder script) {
        StringBuilder here = new StringBuilder();
        path.forEach(name -> here.append(here.isEmpty() ? "" : "; and ")
                .append("__fish_seen_subcommand_from ")
                .append(name));
        command.getSubcommands().forEach((name, sub) -> {
            CommandSpec spec = sub.getCommandSpec();
            if (spec.usageMessage().hidden()) {
                return;
            }
            script.append("complete -c fq -n ")
                    .append(quoted(path.isEmpty() ? "__fish_use_subcommand" : here.toString()))
                    .append(" -a ")
                    .append(name)
                    .append(description(spec.usageMessage().description()))
                    .append('\n');
            List<String> below = path.isEmpty() ? List.of(name) : List.of(path.getFirst(), name);
            fish(sub, below, script);
        });
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.hidden()) {
                continue;
            }
            script.append("complete -c fq");
            if (!here.isEmpty()) {
                script.append(" -n ").append(quoted(here.toString()));
            }
            for (String name : option.names()) {
                script.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^--?", ""));
            }
            script.append(option.arity().max() > 0 ? " -r" : "")
                    .append(description(option.description()))
                    .append('\n');
        }
    }

    private static String description(String[] texts) {
        return texts.length == 0
                ? ""
                : " -d " + quoted(texts[0].replaceAll("\\$\\{[^}]*}", "...").replaceFirst("[.;:] .*|\\.$", ""));
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
