package io.framequota.inferenceserver.memory;

import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.refusal.RefusedException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A registered region and how many requests use it. Its object stays open, so it can be used after its name was removed, until
 * it is unregistered and the last of them is done.
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
            // Writing behind the end would make the object longer again, for an owner who made it shorter.
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
        return RefusedException.invalid(
                "shared memory region '" + status.name() + "' is shorter than when it was registered with "
                        + status.byteSize() + " bytes; make it again and register it again");
    }

    private RefusedException lost() {
        return new RefusedException(
                Kind.INTERNAL, "shared memory region '" + status.name() + "' cannot be used any more");
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
                        .log(System.Logger.Level.WARNING, "region {0} stays open: {1}", status.name(), e.getMessage());
            }
        }
    }
}
