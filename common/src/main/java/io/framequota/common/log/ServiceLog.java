package io.framequota.common.log;

import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;

/** The log of a Quarkus service: its text is configured by properties, JSON by {@link LogLines#VARIABLE}. */
public final class ServiceLog {
    /** Makes the service write JSON if it is wanted. Call it as early as possible. */
    public static void install(Map<String, String> environment) {
        if (LogLines.isJson(environment)) {
            LogLines lines = new LogLines(environment) {
                @Override
                protected String message(LogRecord record) {
                    return record instanceof ExtLogRecord own ? own.getFormattedMessage() : super.message(record);
                }
            };
            write(LogContext.getLogContext().getLogger("").getHandlers(), lines);
        }
    }

    private static void write(Handler[] handlers, LogLines lines) {
        for (Handler handler : handlers) {
            handler.setFormatter(lines);
            if (handler instanceof ExtHandler outer) {
                write(outer.getHandlers(), lines);
            }
        }
    }

    private ServiceLog() {}
}
