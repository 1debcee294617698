package io.framequota.images;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** Writes images as archives for docker, podman and containerd. The same content has the same digest. */
final class ImageArchive {
    /** Modification time of all files, so that the same content has the same digest. */
    private static final Instant TIME = Instant.ofEpochSecond(1);

    private final Path cache;
    private final String version;

    ImageArchive(Path cache, String version) {
        this.cache = cache;
        this.version = version;
    }

    /** Writes an image to a file and returns the image's id, the digest of its configuration. */
    String write(Image image, Path file) throws IOException, InterruptedException {
        try {
            JibContainerBuilder builder = Jib.fromScratch()
                    .setPlatforms(Set.of(new Platform("amd64", "linux")))
                    .setCreationTime(Instant.EPOCH)
                    .setUser(DebianBase.USER + ":" + DebianBase.USER)
                    .setWorkingDirectory(AbsoluteUnixPath.get("/tmp"))
                    .setEnvironment(Map.of("PATH", JavaRuntime.HOME + "/bin", "HOME", "/tmp", "LANG", "C.UTF-8"))
                    .setEntrypoint(image.command())
                    .setProgramArguments(image.arguments())
                    .setLabels(labels(image));
            image.environment().forEach(builder::addEnvironmentVariable);
            image.ports().forEach(port -> builder.addExposedPort(Port.tcp(port)));
            for (Layer layer : image.layers()) {
                builder.addFileEntriesLayer(entries(layer));
            }
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Path half = file.resolveSibling(file.getFileName() + ".new");
            JibContainer written = builder.containerize(
                    Containerizer.to(TarImage.at(half).named("framequota/" + image.name() + ":" + version))
                            .setOfflineMode(true)
                            .setBaseImageLayersCache(cache.resolve("layers"))
                            .setApplicationLayersCache(cache.resolve("layers")));
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return written.getImageId().toString();
        } catch (InvalidImageReferenceException
                | CacheDirectoryCreationException
                | RegistryException
                | ExecutionException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> labels(Image image) {
        return Map.of(
                "org.opencontainers.image.title",
                "framequota/" + image.name(),
                "org.opencontainers.image.version",
                version,
                "org.opencontainers.image.licenses",
                "Apache-2.0");
    }

    private static FileEntriesLayer entries(Layer layer) {
        FileEntriesLayer.Builder builder = FileEntriesLayer.builder().setName(layer.name());
        for (Layer.Item item : layer.items()) {
            builder.addEntry(
                    item.file(),
                    AbsoluteUnixPath.get(item.target()),
                    FilePermissions.fromOctalString(Integer.toOctalString(item.mode())),
                    TIME);
        }
        return builder.build();
    }
}
