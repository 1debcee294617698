package io.framequota.cli.experiment;

import io.framequota.cli.terminal.Terminal;
import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Contender;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ProgressListener;
import io.framequota.lab.experiment.Run;
import io.framequota.lab.report.RunsCsv;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects completed runs, so that a report can be written if a later run fails. For one thread. */
final class CompletedRuns implements ProgressListener {
    private final Terminal terminal;
    private final RunsCsv file;
    private final Map<Key, List<Run>> runs = new LinkedHashMap<>();

    private record Key(Optional<Experiment.Variant> variant, Contender contender, ActuatorKind actuator) {}

    CompletedRuns(Terminal terminal, RunsCsv file) {
        this.terminal = terminal;
        this.file = file;
    }

    @Override
    public void begins(String words) {
        terminal.progress(words);
    }

    @Override
    public void ended(ContenderResult one) {
        List<Run> same =
                runs.computeIfAbsent(new Key(one.variant(), one.policy(), one.actuator()), key -> new ArrayList<>());
        same.addAll(one.runs());
        try {
            file.add(one, same.size() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of completed runs. */
    int count() {
        return runs.values().stream().mapToInt(List::size).sum();
    }

    /** Results of completed runs, without yardsticks. */
    List<ContenderResult> results() {
        return runs.entrySet().stream()
                .map(e -> new ContenderResult(
                        e.getKey().variant(),
                        e.getKey().contender(),
                        e.getKey().actuator(),
                        List.copyOf(e.getValue()),
                        Optional.empty()))
                .toList();
    }
}
