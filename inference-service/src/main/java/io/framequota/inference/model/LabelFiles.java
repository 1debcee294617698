package io.framequota.inference.model;

import io.framequota.common.text.Utf8Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the class names of a model from its {@code label_filename}: one name per line, in the model's folder of a repository.
 */
public final class LabelFiles {
    private static final System.Logger LOG = System.getLogger(LabelFiles.class.getName());

    private final @Nullable Path repository;
    /** Files that were reported as missing: the log names each of them once. */
    private final Set<Path> missing = ConcurrentHashMap.newKeySet();

    /** @param repository folder of the model repository, null when this worker has no access to it */
    public LabelFiles(@Nullable Path repository) {
        this.repository = repository;
    }

    /**
     * The names in the file of a model; none when there is no repository or no file.
     *
     * @throws IllegalArgumentException when the file is not UTF-8; the message is one line that names the place
     */
    List<String> read(String model, String file) {
        if (repository == null) {
            return List.of();
        }
        Path folder = repository.resolve(model).normalize();
        Path path = folder.resolve(file).normalize();
        if (!folder.startsWith(repository.normalize()) || !path.startsWith(folder)) {
            return List.of();
        }
        try {
            return Utf8Files.read(path).lines().map(String::strip).toList();
        } catch (Utf8Files.NotUtf8 e) {
            throw new IllegalArgumentException("label_filename " + e.reason(), e);
        } catch (IOException e) {
            if (missing.add(path)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "results of model {0} have class numbers for names, because {1} cannot be read",
                        model,
                        path);
            }
            return List.of();
        }
    }
}
