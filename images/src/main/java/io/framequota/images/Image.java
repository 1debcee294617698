package io.framequota.images;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One image.
 *
 * @param name its last name, such as {@code scheduler}
 * @param layers from the one that changes least to the one that changes most
 * @param command what runs
 * @param arguments what it is given unless the container says otherwise
 * @param environment beside what all images have
 * @param ports that it listens on
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

    /** With more environment. */
    Image in(Map<String, String> more) {
        // In order: the same image has the same bytes.
        TreeMap<String, String> all = new TreeMap<>(environment);
        all.putAll(more);
        return new Image(name, layers, command, arguments, Collections.unmodifiableSortedMap(all), ports);
    }

    /** Bytes of all files, unpacked. */
    long bytes() throws IOException {
        long sum = 0;
        for (Layer layer : layers) {
            sum += layer.bytes();
        }
        return sum;
    }
}
