package io.framequota.inference.triton;

import io.framequota.contract.frame.SharedMemoryNames;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shared memory regions of this worker, each registered at the server. A region is lost when the server no longer has it,
 * because it restarted or somebody unregistered the region. Only used with a server on the same machine.
 *
 * <p>There are at most {@value #MOST_REGIONS} regions. Lost regions in use count, and so do removed regions that the server may
 * still have.
 */
final class OwnedRegions {
    static final int MOST_REGIONS = 4;
    private static final System.Logger LOG = System.getLogger(OwnedRegions.class.getName());
    private static final long PROBE_BYTES = 4096;

    private final TritonClient client;
    private final boolean possible;
    private final Set<OwnedRegion> regions = new LinkedHashSet<>();
    /** Names of removed regions that the server has not unregistered yet. */
    private final Set<String> unregistering = new LinkedHashSet<>();

    private volatile boolean usable;

    /** @param wanted whether to use shared memory where it is possible */
    OwnedRegions(TritonClient client, String host, boolean wanted) {
        this.client = client;
        possible = wanted && isLoopback(host) && Files.isDirectory(SharedMemoryNames.FOLDER);
    }

    /** Whether the server accepted a region at the last attempt. */
    boolean usable() {
        return usable;
    }

    /**
     * Prepares for a server that has connected: deletes regions of dead workers, tries whether the server accepts a region, and
     * finds lost ones.
     *
     * @throws StatusRuntimeException when the server is away again
     */
    synchronized void connect() {
        if (!possible) {
            return;
        }
        SharedMemoryNames.deleteStale(SharedMemoryNames.FOLDER);
        try {
            client.regions().keySet().stream().filter(SharedMemoryNames::stale).forEach(client::unregister);
            try (OwnedRegion probe = OwnedRegion.create(SharedMemoryNames.FOLDER, PROBE_BYTES)) {
                client.register(probe.name(), probe.key(), probe.bytes());
                client.unregister(probe.name());
            }
            unregisterRemoved();
            usable = true;
        } catch (StatusRuntimeException e) {
            if (ServerErrors.serverAway(e.getStatus())) {
                throw e;
            }
            usable = false;
            LOG.log(
                    System.Logger.Level.INFO,
                    "shared memory is not used, because the server refuses it: {0}",
                    e.getMessage());
        } catch (IOException e) {
            usable = false;
            LOG.log(System.Logger.Level.INFO, "shared memory is not used: {0}", e.getMessage());
        }
        findLost();
    }

    /** Creates a region and registers it; empty when memory is short, the limit is reached or the server refuses. */
    synchronized Optional<OwnedRegion> create(long bytes) {
        if (regions.size() + unregistering.size() >= MOST_REGIONS) {
            return Optional.empty();
        }
        OwnedRegion region;
        try {
            region = OwnedRegion.create(SharedMemoryNames.FOLDER, bytes);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot create a shared memory region of {0} bytes; pictures travel in requests: {1}",
                    bytes,
                    e.getMessage());
            return Optional.empty();
        }
        try {
            client.register(region.name(), region.key(), region.bytes());
        } catch (StatusRuntimeException e) {
            region.close();
            switch (e.getStatus().getCode()) {
                // The server may have registered it nevertheless.
                case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> unregistering.add(region.name());
                default ->
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the server refuses a shared memory region; pictures travel in requests: {0}",
                            e.getMessage());
            }
            return Optional.empty();
        }
        region.unlink();
        regions.add(region);
        return Optional.of(region);
    }

    /** Asks the server which regions it still has. */
    synchronized void findLost() {
        if (!regions.isEmpty()) {
            Set<String> known = client.regions().keySet();
            regions.stream().filter(region -> !known.contains(region.name())).forEach(OwnedRegion::markLost);
        }
    }

    /** Removes a region that is not in use any more. */
    synchronized void remove(OwnedRegion region) {
        if (regions.remove(region)) {
            if (!region.lost()) {
                unregistering.add(region.name());
            }
            try {
                unregisterRemoved();
            } catch (StatusRuntimeException e) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "region {0} will be unregistered later: {1}",
                        region.name(),
                        e.getMessage());
            }
            region.close();
        }
    }

    /**
     * Asks the server to unregister removed regions. Those that it does not know disappeared with an earlier server process.
     */
    private void unregisterRemoved() {
        if (unregistering.isEmpty()) {
            return;
        }
        unregistering.retainAll(client.regions().keySet());
        for (String name : List.copyOf(unregistering)) {
            client.unregister(name);
            unregistering.remove(name);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
