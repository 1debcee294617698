package io.framequota.inferenceserver.benchmark;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelConfigRequest;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInput;
import io.framequota.inferenceserver.EmbeddedServer;
import io.framequota.inferenceserver.ServerOptions;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Shapes;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures a model in the embedded server, through its port: {@code ENTRY SECONDS BATCHES INSTANCES}, where ENTRY is a folder of a
 * repository and the last two are lists with commas. For each combination it starts a server, keeps one request more than instances
 * in flight for the seconds, after one round that does not count, and prints a line with tabs: instances, batch, pictures a second,
 * the median and the 95th percentile of a request in milliseconds. Exits 2 with one line when the model cannot be used.
 */
public final class ModelBenchmarkMain {
    /** Side of pictures in pixels for a model that takes any size. */
    private static final long OPEN_SIDE = 640;

    private static final Duration SLOWEST = Duration.ofMinutes(1);

    private ModelBenchmarkMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path entry = Path.of(arguments[0]).toAbsolutePath();
        double seconds = Double.parseDouble(arguments[1]);
        try {
            for (int instances : numbers(arguments[3])) {
                measure(entry, seconds, numbers(arguments[2]), instances);
            }
        } catch (StatusRuntimeException e) {
            System.err.println("fq: " + e.getStatus().getDescription());
            System.exit(2);
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof StatusRuntimeException status
                    ? status.getStatus().getCode() + ": " + status.getStatus().getDescription()
                    : String.valueOf(e.getCause());
            System.err.println("fq: the model did not answer: " + why);
            System.exit(1);
        } catch (IOException e) {
            System.err.println("fq: the measurement failed: " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    private static void measure(Path entry, double seconds, List<Integer> batches, int instances)
            throws IOException, InterruptedException, ExecutionException {
        Path repository = Files.createTempDirectory("fq-benchmark-");
        String name = String.valueOf(entry.getFileName());
        Files.createSymbolicLink(repository.resolve(name), entry);
        ServerOptions options = new ServerOptions(repository, "127.0.0.1", 0, instances, true);
        try (EmbeddedServer server = EmbeddedServer.start(options, null)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                    .usePlaintext()
                    .maxInboundMessageSize(Integer.MAX_VALUE)
                    .build();
            try {
                GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
                ModelConfig config = stub.modelConfig(
                                ModelConfigRequest.newBuilder().setName(name).build())
                        .getConfig();
                int most = Math.max(1, config.getMaxBatchSize());
                for (int batch : batches) {
                    if (batch <= most) {
                        System.out.println(line(stub, config, seconds, batch, instances));
                    }
                }
            } finally {
                channel.shutdownNow();
            }
        } finally {
            Files.delete(repository.resolve(name));
            Files.delete(repository);
        }
    }

    private static String line(
            GRPCInferenceServiceBlockingStub stub, ModelConfig config, double seconds, int batch, int instances)
            throws InterruptedException, ExecutionException {
        ModelInferRequest request = request(config, batch);
        int inFlight = instances + 1;
        List<Long> times = new ArrayList<>();
        long elapsed;
        try (ExecutorService callers = Executors.newFixedThreadPool(inFlight)) {
            Callable<Long> first = () -> call(stub, request);
            for (Future<Long> done : callers.invokeAll(Collections.nCopies(inFlight, first))) {
                done.get();
            }
            long begin = System.nanoTime();
            long end = begin + (long) (seconds * 1e9);
            Callable<List<Long>> caller = () -> {
                List<Long> own = new ArrayList<>();
                do {
                    own.add(call(stub, request));
                } while (System.nanoTime() < end);
                return own;
            };
            for (Future<List<Long>> done : callers.invokeAll(Collections.nCopies(inFlight, caller))) {
                times.addAll(done.get());
            }
            elapsed = System.nanoTime() - begin;
        }
        times.sort(null);
        return String.format(
                Locale.ROOT,
                "%d\t%d\t%.1f\t%.1f\t%.1f",
                instances,
                batch,
                times.size() * batch / (elapsed / 1e9),
                times.get(times.size() / 2) / 1e6,
                times.get(times.size() * 95 / 100) / 1e6);
    }

    private static long call(GRPCInferenceServiceBlockingStub stub, ModelInferRequest request) {
        long begin = System.nanoTime();
        stub.withDeadlineAfter(SLOWEST).modelInfer(request);
        return System.nanoTime() - begin;
    }

    private static ModelInferRequest request(ModelConfig config, int batch) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(config.getName());
        for (ModelInput input : config.getInputList()) {
            List<Long> shape = new ArrayList<>(input.getDimsList());
            shape.replaceAll(dim -> dim < 0 ? OPEN_SIDE : dim);
            if (config.getMaxBatchSize() > 0) {
                shape.addFirst((long) batch);
            }
            long bytes = Shapes.elements(shape) * ElementTypes.size(input.getDataType());
            request.addInputs(InferInputTensor.newBuilder()
                            .setName(input.getName())
                            .setDatatype(ElementTypes.name(input.getDataType()))
                            .addAllShape(shape))
                    .addRawInputContents(ByteString.copyFrom(new byte[Math.toIntExact(bytes)]));
        }
        return request.build();
    }
}
