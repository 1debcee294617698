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
 * The regions of this worker, each registered with the server once. One that the server has no longer, since it was started
 * anew or somebody unregistered it, is lost. Used where the server shares this machine's memory. At most
 * {@value #MOST_REGIONS} at once, those included that are lost and still in use, and those that the server may still have
 * although they are ours no more.
 */
final class OwnedRegions {
    static final int MOST_REGIONS = 4;
    private static final System.Logger LOG = System.getLogger(OwnedRegions.class.getName());
    private static final long PROBE_BYTES = 4096;

    private final TritonClient client;
    private final boolean possible;
    private final Set<OwnedRegion> regions = new LinkedHashSet<>();
    /** Names of removed ones that the server did not let go when it was asked to. */
    private final Set<String> leaving = new LinkedHashSet<>();

    private volatile boolean usable;

    /** @param wanted false to use none whatever is possible */
    OwnedRegions(TritonClient client, String host, boolean wanted) {
        this.client = client;
        possible = wanted && isLoopback(host) && Files.isDirectory(SharedMemoryNames.FOLDER);
    }

    /** Whether the server took a region when it was last asked to. */
    boolean usable() {
        return usable;
    }

    /**
     * After the server has come (back): removes what dead workers left, tries whether regions work and finds those that were lost.
     *
     * @throws StatusRuntimeException when the server is gone again
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
            letGo();
            usable = true;
        } catch (StatusRuntimeException e) {
            if (ServerErrors.serverAway(e.getStatus())) {
                throw e;
            }
            usable = false;
            LOG.log(System.Logger.Level.INFO, "no shared memory with the server: {0}", e.getMessage());
        } catch (IOException e) {
            usable = false;
            LOG.log(System.Logger.Level.INFO, "no shared memory: {0}", e.getMessage());
        }
        findLost();
    }

    /**
     * Makes a region that the server knows; empty when there is no room, there are enough or the server refuses it.
     */
    synchronized Optional<OwnedRegion> create(long bytes) {
        if (regions.size() + leaving.size() >= MOST_REGIONS) {
            return Optional.empty();
        }
        OwnedRegion region;
        try {
            region = OwnedRegion.create(SharedMemoryNames.FOLDER, bytes);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no shared memory of {0} bytes: {1}", bytes, e.getMessage());
            return Optional.empty();
        }
        try {
            client.register(region.name(), region.key(), region.bytes());
        } catch (StatusRuntimeException e) {
            region.close();
            switch (e.getStatus().getCode()) {
                // It may have been registered all the same.
                case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> leaving.add(region.name());
                default ->
                    LOG.log(System.Logger.Level.WARNING, "the server refuses shared memory: {0}", e.getMessage());
            }
            return Optional.empty();
        }
        region.unlink();
        regions.add(region);
        return Optional.of(region);
    }

    /** Asks the server which of our regions it still has. */
    synchronized void findLost() {
        if (!regions.isEmpty()) {
            Set<String> known = client.regions().keySet();
            regions.stream().filter(region -> !known.contains(region.name())).forEach(OwnedRegion::lose);
        }
    }

    /** Takes a region back that nothing uses any more. */
    synchronized void remove(OwnedRegion region) {
        if (regions.remove(region)) {
            if (!region.lost()) {
                leaving.add(region.name());
            }
            try {
                letGo();
            } catch (StatusRuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "{0} is unregistered later: {1}", region.name(), e.getMessage());
            }
            region.close();
        }
    }

    /** Asks the server to forget what is ours no more; what it does not know has gone with an earlier process. */
    private void letGo() {
        if (leaving.isEmpty()) {
            return;
        }
        leaving.retainAll(client.regions().keySet());
        for (String name : List.copyOf(leaving)) {
            client.unregister(name);
            leaving.remove(name);
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
