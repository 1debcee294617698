package io.framequota.cli;

import io.framequota.cli.analysis.CostCommand;
import io.framequota.cli.analysis.EvaluateCommand;
import io.framequota.cli.analysis.TrackCommand;
import io.framequota.cli.convert.Convert360Command;
import io.framequota.cli.detect.DetectCommand;
import io.framequota.cli.experiment.ExperimentCommand;
import io.framequota.cli.experiment.ListCommand;
import io.framequota.cli.experiment.RunCommand;
import io.framequota.cli.jobs.CancelCommand;
import io.framequota.cli.jobs.JobCommand;
import io.framequota.cli.jobs.JobsCommand;
import io.framequota.cli.jobs.LiveCommand;
import io.framequota.cli.jobs.RedriveCommand;
import io.framequota.cli.jobs.ResultsCommand;
import io.framequota.cli.jobs.SubmitCommand;
import io.framequota.cli.jobs.WatchCommand;
import io.framequota.cli.key.KeyCommand;
import io.framequota.cli.model.AddCommand;
import io.framequota.cli.model.BenchmarkCommand;
import io.framequota.cli.model.DescribeCommand;
import io.framequota.cli.model.ListModelsCommand;
import io.framequota.cli.model.ModelCommand;
import io.framequota.cli.model.PrepareCommand;
import io.framequota.cli.model.RemoveCommand;
import io.framequota.cli.policy.ModelsCommand;
import io.framequota.cli.policy.PoliciesCommand;
import io.framequota.cli.policy.PolicyCommand;
import io.framequota.cli.quotalab.QuotaLabCommand;
import io.framequota.cli.serve.DownCommand;
import io.framequota.cli.serve.LogsCommand;
import io.framequota.cli.serve.OpenCommand;
import io.framequota.cli.serve.ServeCommand;
import io.framequota.cli.serve.StatusCommand;
import io.framequota.cli.serve.UpCommand;
import io.framequota.cli.serve.WarmCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import io.framequota.scheduler.policy.Policies;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.InvalidPathException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** Starts fq: creates the commands and maps their outcomes to exit codes. */
public final class FqMain {
    /** Time that an interrupted command has to clean up. */
    private static final long CLEANUP_SECONDS = 10;

    public static void main(String[] decoded) {
        String[] arguments = FileNames.arguments(decoded);
        Thread main = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        // A signal interrupts the command, which cleans up as after any other end. The JVM then exits with the signal's
        // code, 130 for Ctrl-C.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            main.interrupt();
            try {
                ended.await(CLEANUP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        Map<String, String> environment = System.getenv();
        Terminal terminal = Terminal.ofProcess(FileNames.environment(environment));
        if (environment.containsKey(Policies.PLUGINS)) {
            Policies.installed().problems().forEach(terminal::say);
        }
        int code = Failure.WORK_FAILED;
        try {
            code = run(terminal, Installation.of(environment), environment, arguments);
        } finally {
            ended.countDown();
        }
        System.exit(code);
    }

    /** Reads the user's settings, runs a command with them and returns its exit code. */
    static int run(Terminal terminal, Installation installation, Map<String, String> environment, String... arguments) {
        Map<String, String> settings;
        try {
            settings = UserConfig.environment(environment);
        } catch (Failure e) {
            terminal.say(e.line());
            return e.exitCode();
        }
        return execute(commandLine(terminal, installation, settings), terminal, arguments);
    }

    /** Runs a command and returns its exit code. An error that picocli does not catch is reported in one line, too. */
    static int execute(CommandLine line, Terminal terminal, String... arguments) {
        try {
            return terminal.finish(line.execute(arguments));
        } catch (OutOfMemoryError e) {
            terminal.say("out of memory: the input is too large for fq; give a smaller one");
            return Failure.WORK_FAILED;
        } catch (Error e) {
            terminal.say("unexpected error: " + e);
            return Failure.WORK_FAILED;
        }
    }

    /** Creates all commands. */
    static CommandLine commandLine(Terminal terminal, Installation installation, Map<String, String> environment) {
        CommandLine line = new CommandLine(new FqCommand())
                .addSubcommand(new DetectCommand(terminal, installation))
                .addSubcommand(new UpCommand(terminal, installation))
                .addSubcommand(new DownCommand(terminal, installation))
                .addSubcommand(new StatusCommand(terminal, installation, environment))
                .addSubcommand(new LogsCommand(terminal, installation))
                .addSubcommand(new OpenCommand(terminal, installation, environment))
                .addSubcommand(new SubmitCommand(terminal, installation, environment))
                .addSubcommand(new LiveCommand(terminal, installation, environment))
                .addSubcommand(new JobsCommand(terminal, installation, environment))
                .addSubcommand(new JobCommand(terminal, installation, environment))
                .addSubcommand(new WatchCommand(terminal, installation, environment))
                .addSubcommand(new ResultsCommand(terminal, installation, environment))
                .addSubcommand(new TrackCommand(terminal))
                .addSubcommand(new EvaluateCommand(terminal))
                .addSubcommand(new CostCommand(terminal, installation, environment))
                .addSubcommand(new Convert360Command(terminal, installation))
                .addSubcommand(new CancelCommand(terminal, installation, environment))
                .addSubcommand(new RedriveCommand(terminal, installation, environment))
                .addSubcommand(new PoliciesCommand(terminal, installation, environment))
                .addSubcommand(new PolicyCommand(terminal, installation, environment))
                .addSubcommand(new CommandLine(new ExperimentCommand())
                        .addSubcommand(new RunCommand(terminal, installation))
                        .addSubcommand(new ListCommand(terminal, installation)))
                .addSubcommand(new CommandLine(new KeyCommand())
                        .addSubcommand(new KeyCommand.Create(terminal, installation, environment))
                        .addSubcommand(new KeyCommand.ListAll(terminal, installation, environment))
                        .addSubcommand(new KeyCommand.Revoke(terminal, installation, environment)))
                .addSubcommand(new QuotaLabCommand(terminal))
                .addSubcommand(new ModelsCommand(terminal, installation, environment))
                .addSubcommand(new ServeCommand(terminal, installation))
                .addSubcommand(new CommandLine(new ModelCommand())
                        .addSubcommand(new AddCommand(terminal, installation, environment))
                        .addSubcommand(new ListModelsCommand(terminal, installation))
                        .addSubcommand(new DescribeCommand(terminal, installation))
                        .addSubcommand(new BenchmarkCommand(terminal, installation))
                        .addSubcommand(new PrepareCommand(terminal, installation))
                        .addSubcommand(new RemoveCommand(terminal, installation)))
                .addSubcommand(new CompletionCommand(terminal))
                .addSubcommand(new WarmCommand(terminal, installation));
        line.setDefaultValueProvider(new UserConfig(environment));
        line.setOut(new PrintWriter(terminal.bytes(), true));
        addHelp(line);
        HelpLayout.applyTo(line);
        line.setParameterExceptionHandler((e, args) -> {
            String command = e.getCommandLine().getCommandSpec().qualifiedName(" ");
            String wrong = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong use");
            terminal.say(wrong + "; see " + command + " --help");
            return Failure.WRONG_USE;
        });
        line.setExecutionExceptionHandler((e, command, result) -> exitCode(e, terminal, environment));
        return line;
    }

    private static void addHelp(CommandLine line) {
        for (CommandLine command : line.getSubcommands().values()) {
            if (command.getCommandSpec().findOption("--help") == null) {
                command.getCommandSpec().mixinStandardHelpOptions(true);
            }
            addHelp(command);
        }
    }

    private static int exitCode(Exception e, Terminal terminal, Map<String, String> environment) throws Exception {
        if (environment.containsKey("FQ_DEBUG")) {
            throw e;
        }
        return switch (e) {
            case Failure failure -> {
                terminal.say(failure.line());
                yield failure.exitCode();
            }
            case InterruptedException interrupted -> Failure.INTERRUPTED;
            case ClosedByInterruptException interrupted -> Failure.INTERRUPTED;
            case InvalidPathException path -> {
                terminal.say("not a path: " + path.getInput());
                yield Failure.WRONG_USE;
            }
            case IOException io -> {
                terminal.say(Failure.words(io));
                yield Failure.WORK_FAILED;
            }
            case UncheckedIOException io -> {
                terminal.say(Failure.words(io));
                yield Failure.WORK_FAILED;
            }
            default -> {
                terminal.say("unexpected error: " + e + " (FQ_DEBUG=1 shows the stack trace)");
                yield Failure.WORK_FAILED;
            }
        };
    }

    private FqMain() {}
}
