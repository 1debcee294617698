package io.framequota.inferenceserver.repository;

import io.framequota.contract.kserve.ModelVersionPolicy;
import io.framequota.inferenceserver.refusal.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The versions of a model and which of them are served. */
public final class ModelVersions {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private ModelVersions() {}

    /** The versions in a model's folder, ascending. */
    public static List<Long> in(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> NUMBER.matcher(name).matches())
                    .map(Long::valueOf)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw RefusedException.unavailable("its folder cannot be read; check its permissions");
        }
    }

    /** The versions to serve by the policy; the latest one by default. */
    static List<Long> served(List<Long> present, ModelVersionPolicy policy) {
        return switch (policy.getPolicyChoiceCase()) {
            case ALL -> present;
            case SPECIFIC -> {
                List<Long> asked = policy.getSpecific().getVersionsList();
                yield present.stream().filter(asked::contains).toList();
            }
            case LATEST, POLICYCHOICE_NOT_SET -> {
                int latest = Math.max(1, policy.getLatest().getNumVersions());
                yield present.subList(Math.max(0, present.size() - latest), present.size());
            }
        };
    }
}
