package io.framequota.e2e;

import com.google.protobuf.Message;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc;
import io.framequota.contract.kserve.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.framequota.contract.kserve.RepositoryModelUnloadRequest;
import io.framequota.contract.kserve.SystemSharedMemoryStatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;

/** What another user of the machine tries with a system that is not his: a program that prints a line for each success. */
final class Stranger {
    private static final int LIMIT_S = 5;
    private static final int PATIENCE_S = 60;

    /** Begins an argument that is an inference server's port. */
    static final String INFERENCE = "inference:";

    /**
     * Arguments: port of the database, ports of the broker and its controller, then files and folders to read and ports of
     * inference servers.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        for (String user : List.of("postgres", "framequota")) {
            for (String password : List.of("", "postgres", "framequota")) {
                database(arguments[0], user, password);
            }
        }
        for (String login : List.of("", "framequota", "admin")) {
            broker("bootstrap.servers", arguments[1], login);
            broker("bootstrap.controllers", arguments[2], login);
        }
        for (int i = 3; i < arguments.length; i++) {
            if (arguments[i].startsWith(INFERENCE)) {
                inference(Integer.parseInt(arguments[i].substring(INFERENCE.length())));
            } else {
                read(Path.of(arguments[i]));
            }
        }
        System.out.println("done");
    }

    private static void database(String port, String user, String password) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?connectTimeout=" + LIMIT_S;
        try (Connection connection = DriverManager.getConnection(url, user, password)) {
            System.out.println("connected to the database as " + user + ": " + connection);
        } catch (SQLException e) {
            // As it is to be.
        }
    }

    private static void broker(String what, String port, String login) throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(Map.of(
                what,
                "127.0.0.1:" + port,
                "request.timeout.ms",
                LIMIT_S * 500,
                "default.api.timeout.ms",
                LIMIT_S * 500));
        if (!login.isEmpty()) {
            settings.put("security.protocol", "SASL_PLAINTEXT");
            settings.put("sasl.mechanism", "PLAIN");
            settings.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + login
                            + "\" password=\"" + login + "\";");
        }
        try (Admin admin = Admin.create(settings)) {
            System.out.println("connected to the broker: "
                    + admin.describeCluster().clusterId().get(LIMIT_S, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            // As it is to be.
        }
    }

    private static void inference(int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        GRPCInferenceServiceBlockingStub server = GRPCInferenceServiceGrpc.newBlockingStub(channel);
        call(
                "read which memory it shares",
                server,
                s -> s.systemSharedMemoryStatus(SystemSharedMemoryStatusRequest.getDefaultInstance()));
        call(
                "unloaded a model",
                server,
                s -> s.repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                        .setModelName("people")
                        .build()));
        channel.shutdownNow();
    }

    private static void call(
            String what,
            GRPCInferenceServiceBlockingStub server,
            Function<GRPCInferenceServiceBlockingStub, Message> method) {
        try {
            // It may still be starting, and what is not there refuses nothing.
            method.apply(server.withWaitForReady().withDeadlineAfter(PATIENCE_S, TimeUnit.SECONDS));
            System.out.println("at the inference server: " + what);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
                System.out.println("the inference server answered " + e.getStatus());
            }
        }
    }

    private static void read(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    try (InputStream in = Files.newInputStream(file)) {
                        in.read();
                        System.out.println("read " + file);
                    } catch (IOException e) {
                        // As it is to be.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Stranger() {}
}
