package io.framequota.inference.model;

import io.framequota.common.text.Utf8Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Class names from the files that {@code label_filename} names, one a line, in the model's folder of a repository. */
public final class LabelFiles {
    private static final System.Logger LOG = System.getLogger(LabelFiles.class.getName());

    private final @Nullable Path repository;
    /** Said once, however often models are looked at. */
    private final Set<Path> missing = ConcurrentHashMap.newKeySet();

    /** @param repository the model repository's folder, null when this worker cannot see it */
    public LabelFiles(@Nullable Path repository) {
        this.repository = repository;
    }

    /**
     * The names in a model's file; none when the repository or the file is not there.
     *
     * @throws IllegalArgumentException when it is not UTF-8; one line that says where
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
                LOG.log(System.Logger.Level.WARNING, "no class names for {0}: {1} cannot be read", model, path);
            }
            return List.of();
        }
    }
}
