package io.framequota.local;

import io.framequota.local.process.FreePorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The loopback ports of a system's processes.
 *
 * @param workers of the process that runs the workers
 * @param servers of the inference servers
 */
record SystemPorts(
        int broker, int controller, int database, int ingest, int scheduler, int workers, List<Integer> servers) {

    static SystemPorts pick(FreePorts free, LocalSettings settings) throws IOException {
        List<Integer> servers = new ArrayList<>();
        for (int i = 0; i < settings.servers(); i++) {
            servers.add(free.next());
        }
        return new SystemPorts(
                free.next(),
                free.next(),
                free.next(),
                settings.port() > 0 ? settings.port() : free.next(),
                free.next(),
                free.next(),
                List.copyOf(servers));
    }
}
