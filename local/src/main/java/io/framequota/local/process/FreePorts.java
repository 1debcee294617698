package io.framequota.local.process;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;

/**
 * Reserves free loopback ports until it is closed. A port is tested by binding it. A lock on the byte of that number in a file
 * that all systems of the user share keeps it from the others; the kernel releases the locks when the process ends. The ports
 * lie below the range that the kernel uses for outgoing connections.
 */
public final class FreePorts implements AutoCloseable {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;
    private final FileChannel locks;
    private final RandomGenerator random;

    /**
     * Opens the shared file.
     *
     * @param file created if it is missing
     */
    public FreePorts(Path file, RandomGenerator random) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.locks = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        this.random = random;
    }

    /**
     * Reserves a port on which nothing listens.
     *
     * @throws Failure when a thousand random ports were all taken
     */
    public int next() throws IOException {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = FIRST + random.nextInt(COUNT);
            if (reserve(port)) {
                return port;
            }
        }
        throw Failure.work("no free port was found on 127.0.0.1 between " + FIRST + " and " + (FIRST + COUNT));
    }

    /** Whether nothing listens on a port now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        locks.close();
    }

    private boolean reserve(int port) throws IOException {
        FileLock lock;
        try {
            lock = locks.tryLock(port, 1, false);
        } catch (OverlappingFileLockException e) {
            return false;
        }
        if (lock == null) {
            return false;
        }
        if (isFree(port)) {
            return true;
        }
        lock.release();
        return false;
    }
}
