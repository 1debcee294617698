package io.framequota.inferenceserver.memory;

import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.refusal.RefusedException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A registered region with the number of requests that use it. Its file stays open, even after its name is removed, until it is
 * unregistered and the last of those requests has ended.
 */
final class RegisteredRegion {
    private final RegisteredRegions.Status status;
    private final FileChannel object;
    private int leases;
    private boolean retired;

    RegisteredRegion(RegisteredRegions.Status status, FileChannel object) {
        this.status = status;
        this.object = object;
    }

    RegisteredRegions.Status status() {
        return status;
    }

    synchronized RegionLease lease(long offset, int byteSize) {
        leases++;
        return new RegionLease(this, offset, byteSize);
    }

    void read(long offset, ByteBuffer to) {
        try {
            long at = status.offset() + offset;
            while (to.hasRemaining()) {
                int read = object.read(to, at);
                if (read < 0) {
                    throw cutShort();
                }
                at += read;
            }
        } catch (IOException e) {
            throw lost();
        }
    }

    void write(long offset, ByteBuffer from) {
        try {
            long at = status.offset() + offset;
            // Writing past the end would lengthen the file that its owner had shortened.
            if (object.size() < at + from.remaining()) {
                throw cutShort();
            }
            while (from.hasRemaining()) {
                at += object.write(from, at);
            }
        } catch (IOException e) {
            throw lost();
        }
    }

    private RefusedException cutShort() {
        return RefusedException.invalid("shared memory region '" + status.name() + "' is now shorter than the "
                + status.byteSize() + " bytes that were registered; create and register it again");
    }

    private RefusedException lost() {
        return new RefusedException(
                Kind.INTERNAL, "shared memory region '" + status.name() + "' can no longer be accessed");
    }

    synchronized void giveBack() {
        leases--;
        closeWhenUnused();
    }

    synchronized void retire() {
        retired = true;
        closeWhenUnused();
    }

    private void closeWhenUnused() {
        if (retired && leases == 0) {
            try {
                object.close();
            } catch (IOException e) {
                System.getLogger(RegisteredRegion.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "cannot close shared memory region {0}: {1}",
                                status.name(),
                                e.getMessage());
            }
        }
    }
}
