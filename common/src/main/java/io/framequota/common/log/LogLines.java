package io.framequota.common.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The log lines of every process of the project: {@code 2026-12-01 10:11:41.814 INFO  [JobStory] job 1f0c...: submitted}, or one JSON
 * object a line with {@code time}, {@code level}, {@code logger}, {@code thread}, {@code message} and, if there is one, the stack trace as {@code
 * error}. The services' {@code quarkus.log.console.format} says the same in Quarkus's words. Thread-safe.
 */
public class LogLines extends Formatter {
    /** The environment variable that selects the form of log lines: {@code text}, the default, or {@code json}. */
    public static final String VARIABLE = "FRAMEQUOTA_LOG";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    private final boolean json;
    private final ZoneId zone;

    /** @param zone of the times in text; JSON has UTC */
    LogLines(boolean json, ZoneId zone) {
        this.json = json;
        this.zone = zone;
    }

    /** For the processes of this machine. */
    LogLines(Map<String, String> environment) {
        this(isJson(environment), ZoneId.systemDefault());
    }

    static boolean isJson(Map<String, String> environment) {
        return environment.getOrDefault(VARIABLE, "").equalsIgnoreCase("json");
    }

    /** Makes all handlers of a process that logs with the JDK's own loggers write these lines. */
    public static void install() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFormatter(new LogLines(System.getenv()));
        }
    }

    @Override
    public String format(LogRecord record) {
        return json ? json(record) : text(record);
    }

    /** The record's message with its parameters. */
    protected String message(LogRecord record) {
        return formatMessage(record);
    }

    private String text(LogRecord record) {
        String logger = String.valueOf(record.getLoggerName());
        String stack = stack(record);
        return TIME.format(record.getInstant().atZone(zone))
                + String.format(" %-5s [", level(record.getLevel()))
                + logger.substring(logger.lastIndexOf('.') + 1)
                + "] "
                + message(record)
                + (stack.isEmpty() ? "" : "\n" + stack)
                + "\n";
    }

    private String json(LogRecord record) {
        StringBuilder line = new StringBuilder("{");
        add(
                line,
                "time",
                Instant.ofEpochMilli(record.getInstant().toEpochMilli()).toString());
        add(line, "level", level(record.getLevel()));
        add(line, "logger", String.valueOf(record.getLoggerName()));
        add(line, "thread", Thread.currentThread().getName());
        add(line, "message", String.valueOf(message(record)));
        String stack = stack(record);
        if (!stack.isEmpty()) {
            add(line, "error", stack);
        }
        return line.append("}\n").toString();
    }

    private static void add(StringBuilder line, String name, String value) {
        line.append(line.length() == 1 ? "\"" : ",\"").append(name).append("\":\"");
        value.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                default -> {
                    // A lone half of a character is no Unicode text, which JSON must be.
                    if (c < ' ' || Character.getType(c) == Character.SURROGATE) {
                        line.append(String.format("\\u%04x", c));
                    } else {
                        line.appendCodePoint(c);
                    }
                }
            }
        });
        line.append('"');
    }

    /** The words that Quarkus uses. */
    private static String level(Level level) {
        int value = level.intValue();
        return value >= Level.SEVERE.intValue()
                ? "ERROR"
                : value >= Level.WARNING.intValue()
                        ? "WARN"
                        : value >= Level.INFO.intValue() ? "INFO" : value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    private static String stack(LogRecord record) {
        if (record.getThrown() == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        record.getThrown().printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
