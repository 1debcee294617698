package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** The distribution's nginx with its RTMP module and the configuration of docs/guides, on a free port. */
final class Nginx implements AutoCloseable {
    /** Why a test is skipped where there is none. */
    static final String MISSING = "no nginx with its RTMP module; apt-get install nginx-light libnginx-mod-rtmp";

    private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_rtmp_module.so");
    private static final long LIMIT_NANOS = 20_000_000_000L;

    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static boolean isThere() {
        return Files.exists(MODULE);
    }

    /** Starts it with its files in a folder, and waits until it listens. */
    static Nginx start(Path folder) throws IOException, InterruptedException {
        int port = Server.freePort();
        String configuration = Files.readString(Fq.ROOT.resolve("docs/guides/nginx-rtmp.conf"));
        assertThat(configuration).contains("listen 1935;");
        Path file = Files.writeString(
                folder.resolve("nginx.conf"), configuration.replace("listen 1935;", "listen 127.0.0.1:" + port + ";"));
        Process process = new ProcessBuilder(
                        "/usr/sbin/nginx",
                        "-p",
                        folder.toString(),
                        "-c",
                        file.toString(),
                        "-g",
                        "daemon off;",
                        "-e",
                        "stderr")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        Nginx nginx = new Nginx(process, port);
        long until = System.nanoTime() + LIMIT_NANOS;
        while (!nginx.listens()) {
            assertThat(process.isAlive() && System.nanoTime() < until)
                    .as(Files.readString(folder.resolve("nginx.log")))
                    .isTrue();
            Thread.sleep(50);
        }
        return nginx;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor();
    }
}
