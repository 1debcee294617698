package io.framequota.local;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;

/**
 * Free loopback ports that stay ours as long as this lives. A port is tried by binding it, and kept from other systems of
 * the same user by a lock on the byte of that number in a file they share; the kernel drops the locks with the process.
 * Ports lie below the range from which the kernel serves outgoing connections, so none of those takes one away.
 */
final class FreePorts implements AutoCloseable {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;
    private final FileChannel locks;
    private final RandomGenerator random;

    /**
     * Opens the shared file.
     *
     * @param file is created when missing
     */
    FreePorts(Path file, RandomGenerator random) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        this.locks = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        this.random = random;
    }

    /** A port that nothing listens on. */
    int next() throws IOException {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = FIRST + random.nextInt(COUNT);
            if (take(port)) {
                return port;
            }
        }
        throw Failure.work("no free port was found on 127.0.0.1 between " + FIRST + " and " + (FIRST + COUNT));
    }

    /** Whether a port is free now. */
    static boolean isFree(int port) {
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

    private boolean take(int port) throws IOException {
        FileLock lock;
        try {
            lock = locks.tryLock(port, 1, false);
        } catch (java.nio.channels.OverlappingFileLockException e) {
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
