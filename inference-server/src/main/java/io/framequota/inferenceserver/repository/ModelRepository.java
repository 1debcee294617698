package io.framequota.inferenceserver.repository;

import io.framequota.inferenceserver.backend.BuiltInModel;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.refusal.RefusedException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All models: those in a folder with Triton's layout, and the built-in ones. A folder replaces the built-in model of the same
 * name. A model that cannot be loaded is listed with the reason and does not affect others. Any thread may look models up
 * without waiting; loading and unloading happen one after another.
 */
public final class ModelRepository implements AutoCloseable {
    private final @Nullable Path root;
    private final ModelLoader loader;
    private final List<BuiltInModel> builtIns;
    private final Map<String, ModelState> states = new ConcurrentHashMap<>();

    /** @param root folder of the repository, null for the built-in models only; nothing is loaded yet */
    public ModelRepository(@Nullable Path root, ModelLoader loader, List<BuiltInModel> builtIns) {
        this.root = root;
        this.loader = loader;
        this.builtIns = List.copyOf(builtIns);
    }

    /** An entry of the index. State and reason are empty for a folder that was never loaded. */
    public record Listing(String name, String version, String state, String reason) {}

    /** Loads every model that can be loaded. */
    public synchronized void loadAll() {
        for (String name : names()) {
            try {
                states.put(name, open(name));
            } catch (RefusedException e) {
                states.put(name, new ModelState.Unavailable(versionsOf(name), e.reason()));
            }
        }
    }

    /**
     * Loads a model, also when it is loaded already. When this fails, a loaded version stays.
     *
     * @throws RefusedException when there is no such model or it is broken
     */
    public synchronized void load(String name) {
        ModelState loaded;
        try {
            loaded = open(name);
        } catch (RefusedException e) {
            if (!(states.get(name) instanceof ModelState.Ready) && names().contains(name)) {
                states.put(name, new ModelState.Unavailable(versionsOf(name), e.reason()));
            }
            throw new RefusedException(Kind.INTERNAL, "failed to load '" + name + "': " + e.reason());
        }
        release(states.put(name, loaded));
    }

    /** Unloads a model after its accepted requests. A model that is not loaded is not an error. */
    public synchronized void unload(String name) {
        ModelState state = states.get(name);
        if (state instanceof ModelState.Ready ready) {
            List<Long> versions = List.copyOf(ready.versions().keySet());
            states.put(name, new ModelState.Unavailable(versions, "unloaded"));
            release(state);
        }
    }

    private static void release(@Nullable ModelState state) {
        if (state instanceof ModelState.Ready ready) {
            ready.versions().values().forEach(model -> model.executor().close());
        }
    }

    private ModelState open(String name) {
        Path folder = folder(name);
        if (folder != null) {
            return loader.load(name, folder);
        }
        for (BuiltInModel builtIn : builtIns) {
            if (builtIn.config().getName().equals(name)) {
                return new ModelState.Ready(
                        new TreeMap<>(Map.of(1L, loader.serve(1, builtIn.config(), builtIn.model()))));
            }
        }
        throw new RefusedException(Kind.NOT_FOUND, "the repository has no folder with that name");
    }

    private @Nullable Path folder(String name) {
        if (root == null || name.isEmpty() || name.startsWith(".") || name.contains("/") || name.contains("\0")) {
            return null;
        }
        Path folder = root.resolve(name);
        return Files.isDirectory(folder) ? folder : null;
    }

    private List<Long> versionsOf(String name) {
        Path folder = folder(name);
        return folder == null ? List.of() : ModelVersions.in(folder);
    }

    private SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        builtIns.forEach(builtIn -> names.add(builtIn.config().getName()));
        if (root != null) {
            try (Stream<Path> children = Files.list(root)) {
                children.filter(Files::isDirectory)
                        .map(child -> String.valueOf(child.getFileName()))
                        .filter(name -> !name.startsWith("."))
                        .forEach(names::add);
            } catch (IOException e) {
                throw new UncheckedIOException("the model repository cannot be read: " + e.getMessage(), e);
            }
        }
        return names;
    }

    /**
     * The model that answers a request.
     *
     * @param version 0 for the latest version that is ready
     * @throws RefusedException when there is none. As in Triton, an unknown name, an unknown version and a model without
     *     versions are not found; a known version that is not ready is unavailable
     */
    public LoadedModel find(String name, long version) {
        return switch (states.get(name)) {
            case ModelState.Ready(var versions)
            when version == 0 -> versions.lastEntry().getValue();
            case ModelState.Ready(var versions) when versions.containsKey(version) -> present(versions, version);
            case ModelState.Unavailable(var ignored, String reason)
            when version == 0 -> throw unknown(Kind.NOT_FOUND, name, "has no available versions (" + reason + ")");
            case ModelState.Unavailable(var versions, String reason)
            when versions.contains(version) ->
                throw unknown(Kind.UNAVAILABLE, name, "version " + version + " is not ready (" + reason + ")");
            case null -> throw unknown(Kind.NOT_FOUND, name, "is not found");
            default -> throw unknown(Kind.NOT_FOUND, name, "version " + version + " is not found");
        };
    }

    private static LoadedModel present(NavigableMap<Long, LoadedModel> versions, long version) {
        LoadedModel model = versions.get(version);
        if (model == null) {
            throw new IllegalStateException("version " + version + " is gone");
        }
        return model;
    }

    private static RefusedException unknown(Kind kind, String name, String what) {
        return new RefusedException(kind, "request for unknown model: '" + name + "' " + what);
    }

    /** Whether this version answers requests; 0 for any version. */
    public boolean ready(String name, long version) {
        return states.get(name) instanceof ModelState.Ready(var versions)
                && (version == 0 || versions.containsKey(version));
    }

    /** Every served version of every ready model, by name. */
    public List<LoadedModel> serving() {
        return new TreeMap<>(states)
                .values().stream()
                        .filter(ModelState.Ready.class::isInstance)
                        .flatMap(state -> ((ModelState.Ready) state).versions().values().stream())
                        .toList();
    }

    /** All models by name, or only the ready ones. */
    public List<Listing> index(boolean readyOnly) {
        SortedSet<String> names = names();
        names.addAll(states.keySet());
        List<Listing> index = new ArrayList<>();
        for (String name : names) {
            switch (states.get(name)) {
                case ModelState.Ready(var versions) ->
                    versions.keySet().forEach(v -> index.add(new Listing(name, v.toString(), "READY", "")));
                case ModelState.Unavailable(var versions, String reason)
                when !readyOnly -> {
                    String version =
                            versions.isEmpty() ? "" : versions.getLast().toString();
                    index.add(new Listing(name, version, "UNAVAILABLE", reason));
                }
                case null -> {
                    if (!readyOnly) {
                        index.add(new Listing(name, "", "", ""));
                    }
                }
                default -> {}
            }
        }
        return index;
    }

    /** Unloads all models. */
    @Override
    public synchronized void close() {
        states.keySet().forEach(this::unload);
    }
}
