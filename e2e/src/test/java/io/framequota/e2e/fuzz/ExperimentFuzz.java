package io.framequota.e2e.fuzz;

import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.file.ExperimentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Experiment files. */
final class ExperimentFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "experiment files";
    }

    @Override
    public List<byte[]> corpus() throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("..", "experiments"))) {
            for (Path file :
                    all.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Override
    public void parse(byte[] input) throws IOException {
        new ExperimentFile(file(input, "experiment.yaml"), "experiment.yaml").read();
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof InvalidExperimentException;
    }
}
