package io.framequota.inferenceserver.memory;

/**
 * A registered region and how many requests use it. Native code reads and writes it, so it must not be unmapped before the
 * last of them is done.
 */
final class Region {
    private final SharedMemory.Status status;
    private final Mapping mapping;
    private int leases;
    private boolean retired;

    Region(SharedMemory.Status status, Mapping mapping) {
        this.status = status;
        this.mapping = mapping;
    }

    SharedMemory.Status status() {
        return status;
    }

    synchronized Lease lease(int offset, int byteSize) {
        leases++;
        return new Lease(
                mapping.memory().slice(offset, byteSize).order(mapping.memory().order()), this::giveBack);
    }

    private synchronized void giveBack() {
        leases--;
        unmapWhenUnused();
    }

    synchronized void retire() {
        retired = true;
        unmapWhenUnused();
    }

    private void unmapWhenUnused() {
        if (retired && leases == 0) {
            mapping.unmap();
        }
    }
}
