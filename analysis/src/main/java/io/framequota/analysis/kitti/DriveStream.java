package io.framequota.analysis.kitti;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One sensor of a drive: its files by the numbers in their names, and the times of those numbers.
 *
 * @param name of its folder, such as {@code image_02}
 * @param files by number
 * @param times nanoseconds since 1970 by number, of files whose time is known; KITTI's times name no zone and are taken as UTC
 * @param problems one line each, for people
 */
public record DriveStream(
        String name, NavigableMap<Long, String> files, NavigableMap<Long, Long> times, List<String> problems) {
    /** Of timestamps.txt: the times of four hours. */
    static final int MOST_TIMES_BYTES = 4 << 20;

    private static final Pattern NUMBER = Pattern.compile("(\\d{1,18})\\.[a-z0-9]+");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int MOST_NANO_DIGITS = 9;

    public DriveStream {
        files = Collections.unmodifiableNavigableMap(files);
        times = Collections.unmodifiableNavigableMap(times);
        problems = List.copyOf(problems);
    }

    /**
     * Collects a sensor's files and times.
     *
     * @param names of all files
     * @param folder of the sensor, ends with a slash
     * @param endings of its data files in lower case, with the dot
     * @param timestamps the text of {@code timestamps.txt}, null if there is none
     */
    static DriveStream of(
            String name, Set<String> names, String folder, List<String> endings, @Nullable String timestamps) {
        List<String> problems = new ArrayList<>();
        NavigableMap<Long, String> files = new TreeMap<>();
        int others = 0;
        for (String file : names.stream().sorted().toList()) {
            if (!file.startsWith(folder + "data/")) {
                continue;
            }
            String last = file.substring(folder.length() + "data/".length()).toLowerCase(Locale.ROOT);
            Matcher number = NUMBER.matcher(last);
            boolean ours = number.matches() && endings.stream().anyMatch(last::endsWith);
            if (!ours || files.putIfAbsent(Long.parseLong(number.group(1)), file) != null) {
                others++;
            }
        }
        if (others > 0) {
            problems.add(name + ": " + others + " files have no name such as 0000000012" + endings.getFirst()
                    + ", or a number that another file has; they are left out");
        }
        NavigableMap<Long, Long> times = new TreeMap<>();
        if (timestamps != null) {
            times(name, timestamps, files, problems).forEach((number, time) -> {
                if (files.containsKey(number)) {
                    times.put(number, time);
                }
            });
        }
        return new DriveStream(name, files, times, problems);
    }

    /**
     * A line's number is the number of its file: blank lines stand for files that are missing. Only if there are as many times as
     * files, and not as many lines as numbers, each file has the next time.
     */
    private static Map<Long, Long> times(
            String name, String text, NavigableMap<Long, String> files, List<String> problems) {
        List<@Nullable Long> lines = new ArrayList<>();
        int unreadable = 0;
        for (Iterator<String> rest = text.stripTrailing().lines().iterator(); rest.hasNext(); ) {
            String line = rest.next();
            Long time = line.isBlank() ? null : time(line.strip());
            unreadable += time == null && !line.isBlank() ? 1 : 0;
            lines.add(time);
        }
        if (unreadable > 0) {
            problems.add(name + "/timestamps.txt: " + unreadable + " lines are no times such as"
                    + " 2011-09-26 13:02:25.967790592; their frames have no time");
        }
        List<Long> known = lines.stream()
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
        Map<Long, Long> times = new TreeMap<>();
        if (!files.isEmpty() && lines.size() != files.lastKey() + 1 && known.size() == files.size()) {
            int next = 0;
            for (Long number : files.keySet()) {
                times.put(number, known.get(next++));
            }
            return times;
        }
        for (int i = 0; i < lines.size(); i++) {
            Long time = lines.get(i);
            if (time != null) {
                times.put((long) i, time);
            }
        }
        return times;
    }

    /** Nanoseconds since 1970, null if it is no time. */
    private static @Nullable Long time(String text) {
        int dot = text.indexOf('.');
        String fraction = dot < 0 ? "" : text.substring(dot + 1);
        if (fraction.length() > MOST_NANO_DIGITS || !fraction.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        try {
            LocalDateTime seconds = LocalDateTime.parse(dot < 0 ? text : text.substring(0, dot), TIME);
            long nanos = Long.parseLong((fraction + "000000000").substring(0, MOST_NANO_DIGITS));
            return BigInteger.valueOf(seconds.toEpochSecond(ZoneOffset.UTC))
                    .multiply(BigInteger.valueOf(1_000_000_000))
                    .add(BigInteger.valueOf(nanos))
                    .longValueExact();
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    /** The same without some files. */
    DriveStream without(Collection<Long> numbers, String problem) {
        NavigableMap<Long, String> left = new TreeMap<>(files);
        left.keySet().removeAll(numbers);
        NavigableMap<Long, Long> known = new TreeMap<>(times);
        known.keySet().removeAll(numbers);
        List<String> all = new ArrayList<>(problems);
        all.add(problem);
        return new DriveStream(name, left, known, all);
    }

    /** The files' numbers by their times, to find them with {@link #nearest}; of equal times the last number. */
    NavigableMap<Long, Long> byTime() {
        NavigableMap<Long, Long> numbers = new TreeMap<>();
        times.forEach((number, time) -> numbers.put(time, number));
        return numbers;
    }

    /**
     * Number of the file whose time is nearest, of two the last number.
     *
     * @param byTime as {@link #byTime} has it
     * @return null if none is within so many nanoseconds
     */
    static @Nullable Long nearest(NavigableMap<Long, Long> byTime, long time, long within) {
        return Stream.of(Optional.ofNullable(byTime.floorEntry(time)), Optional.ofNullable(byTime.ceilingEntry(time)))
                .flatMap(Optional::stream)
                .filter(e -> Math.abs(e.getKey() - time) <= within)
                .min(Comparator.comparingLong((Map.Entry<Long, Long> e) -> Math.abs(e.getKey() - time))
                        .thenComparing(Map.Entry::getValue, Comparator.reverseOrder()))
                .map(Map.Entry::getValue)
                .orElse(null);
    }
}
