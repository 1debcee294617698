package io.framequota.e2e;

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
import org.apache.kafka.clients.admin.Admin;

/** What another user of the machine tries with a system that is not his: a program that prints a line for each success. */
final class Stranger {
    private static final int LIMIT_S = 5;

    /** Arguments: port of the database, ports of the broker and its controller, then files and folders to read. */
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
            read(Path.of(arguments[i]));
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
