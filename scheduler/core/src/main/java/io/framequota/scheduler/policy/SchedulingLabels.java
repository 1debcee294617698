package io.framequota.scheduler.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What labels say about a job to any policy. A value that is no number above 0 says nothing. */
public final class SchedulingLabels {
    /** Label: how much the job counts. */
    public static final String WEIGHT = "weight";
    /** Label: seconds after submission in which the job should have ended. */
    public static final String DEADLINE = "deadline";

    /** The job's weight, 1 when no label says otherwise. */
    public static double weight(Map<String, String> labels) {
        return above0(labels.get(WEIGHT), 1);
    }

    /** When the job should have ended, in seconds; infinite when no label says so. */
    public static double deadline(Map<String, String> labels, double submittedS) {
        return submittedS + above0(labels.get(DEADLINE), Double.POSITIVE_INFINITY);
    }

    private static double above0(@Nullable String value, double otherwise) {
        if (value == null) {
            return otherwise;
        }
        try {
            double number = Double.parseDouble(value);
            return number > 0 ? number : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private SchedulingLabels() {}
}
