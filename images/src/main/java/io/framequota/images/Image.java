package io.framequota.images;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An image.
 *
 * @param name without repository, such as {@code scheduler}
 * @param layers from the least to the most frequently changed
 * @param command the entry point
 * @param arguments default arguments
 * @param environment variables in addition to those of all images
 * @param ports exposed ports
 */
record Image(
        String name,
        List<Layer> layers,
        List<String> command,
        List<String> arguments,
        Map<String, String> environment,
        List<Integer> ports) {

    Image with(Layer layer) {
        List<Layer> more = new ArrayList<>(layers);
        more.add(layer);
        return new Image(name, List.copyOf(more), command, arguments, environment, ports);
    }

    Image listeningOn(int port) {
        return new Image(name, layers, command, arguments, environment, List.of(port));
    }

    /** Adds environment variables. */
    Image in(Map<String, String> more) {
        // Sorted, so that the same image has the same bytes.
        TreeMap<String, String> all = new TreeMap<>(environment);
        all.putAll(more);
        return new Image(name, layers, command, arguments, Collections.unmodifiableSortedMap(all), ports);
    }

    /** Size of all files in bytes, unpacked. */
    long bytes() throws IOException {
        long sum = 0;
        for (Layer layer : layers) {
            sum += layer.bytes();
        }
        return sum;
    }
}
