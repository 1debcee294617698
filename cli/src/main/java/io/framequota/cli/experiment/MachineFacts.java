package io.framequota.cli.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Facts about the machine for the report. */
final class MachineFacts {
    /** Version of this program and its images. */
    static final String VERSION = "0.1.0";

    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("framequota", VERSION);
        facts.put("Java", Runtime.version().toString());
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        facts.put("processor", Runtime.getRuntime().availableProcessors() + " x " + processor());
        facts.put("load before", load());
        return facts;
    }

    /** Runnable threads of the whole machine, averaged over 1, 5 and 15 minutes. */
    static String load() {
        String text = read(Path.of("/proc/loadavg"));
        String[] words = text.split(" ", -1);
        return words.length < 3 ? "unknown" : words[0] + " " + words[1] + " " + words[2];
    }

    private static String processor() {
        return read(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(l -> l.startsWith("model name"))
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private MachineFacts() {}
}
