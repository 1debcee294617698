package io.framequota.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** {@code images/build}: builds the images that it is given, or all. */
public final class ImagesMain {
    private static final Path TARGET = Path.of("images/target");

    /** Option to write folders with the images' files instead of archives. */
    private static final String FOLDERS = "--folders";

    /** Arguments: optionally {@code --folders}, then names of images. Runs in the folder of the built project. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean folders = arguments.length > 0 && arguments[0].equals(FOLDERS);
        List<String> given = List.of(arguments).subList(folders ? 1 : 0, arguments.length);
        List<String> names = given.isEmpty() ? ImageCatalogue.NAMES : given;
        for (String name : names) {
            if (!ImageCatalogue.NAMES.contains(name)) {
                end(2, "there is no image " + name + "; there are " + String.join(", ", ImageCatalogue.NAMES));
            }
        }
        try {
            build(names, folders);
        } catch (ImageBuildException e) {
            end(3, Objects.requireNonNull(e.getMessage()));
        }
        // The library that writes archives leaves threads running.
        System.exit(0);
    }

    private static void build(List<String> names, boolean folders) throws IOException, InterruptedException {
        Path cache = Files.createDirectories(TARGET.resolve("cache").toAbsolutePath());
        Path project = Path.of("").toAbsolutePath();
        ImageCatalogue catalogue = new ImageCatalogue(project, cache);
        ImageArchive archive = new ImageArchive(cache, version());
        ImageSizes sizes = ImageSizes.in(TARGET.resolve("sizes.txt"));
        for (String name : names) {
            long begin = System.nanoTime();
            Image image = catalogue.image(name);
            Path list = TARGET.resolve(name + ".cdx.json");
            BillOfMaterials.of(
                            project.resolve(ImageCatalogue.module(name)).resolve("target/bom.json"),
                            new DebianBase(cache).packages(),
                            image)
                    .write(list);
            image = image.with(Layer.of("contents").file(list, "/sbom/" + list.getFileName()));
            if (folders) {
                ImageFolder.write(image, TARGET.resolve(name));
                continue;
            }
            Path file = TARGET.resolve(name + ".tar");
            String id = archive.write(image, file);
            sizes.put(name, Files.size(file), image.bytes(), id);
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(Locale.ROOT, "images: %s %s (%.1f s)%n", file, sizes.line(name), seconds);
        }
        sizes.write();
    }

    private static void end(int code, String line) {
        System.err.println("images: " + line);
        System.exit(code);
    }

    /** The project's version. */
    static String projectVersion() {
        return Objects.requireNonNullElse(ImagesMain.class.getPackage().getImplementationVersion(), "0-SNAPSHOT");
    }

    /** The version of the images: the project's, without -SNAPSHOT. */
    static String version() {
        return projectVersion().replace("-SNAPSHOT", "");
    }

    private ImagesMain() {}
}
