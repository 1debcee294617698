package io.framequota.scheduler.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels that every policy reads. A value that is not a number above 0 counts as absent. */
public final class SchedulingLabels {
    /** Label: the job's importance. */
    public static final String WEIGHT = "weight";
    /** Label: seconds after submission by which the job should end. */
    public static final String DEADLINE = "deadline";

    /** The job's weight, 1 without a label. */
    public static double weight(Map<String, String> labels) {
        return above0(labels.get(WEIGHT), 1);
    }

    /** The time by which the job should end, in seconds; infinite without a label. */
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
