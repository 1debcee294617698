package io.framequota.scheduler.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One parameter of a policy.
 *
 * @param name as users write it
 * @param explanation one line
 * @param values the allowed values
 * @param defaultValue the value if the user gives none
 */
public record Parameter(String name, String explanation, Values values, String defaultValue) {
    /** The values that a parameter may have. */
    public sealed interface Values {
        /** Whether the value is allowed. */
        boolean allow(String value);

        /** Describes the allowed values for an error message. */
        String describe();
    }

    /** One of several words. */
    public record OneOf(List<String> words) implements Values {
        public OneOf(String... words) {
            this(List.of(words));
        }

        @Override
        public boolean allow(String value) {
            return words.contains(value);
        }

        @Override
        public String describe() {
            return String.join(", ", words);
        }
    }

    /** A whole number within bounds, both included. */
    public record WholeNumber(int least, int most) implements Values {
        @Override
        public boolean allow(String value) {
            try {
                int number = Integer.parseInt(value);
                return number >= least && number <= most;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        @Override
        public String describe() {
            return "a whole number from " + least + " to " + most;
        }
    }

    /** A number within bounds, both included. */
    public record Number(double least, double most) implements Values {
        @Override
        public boolean allow(String value) {
            try {
                double number = Double.parseDouble(value);
                return number >= least && number <= most;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        @Override
        public String describe() {
            return most == Double.MAX_VALUE
                    ? "a number of at least " + shown(least)
                    : "a number from " + shown(least) + " to " + shown(most);
        }

        private static String shown(double number) {
            return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        }
    }

    /** A number within bounds, both included, or a word for none. */
    public record NumberOr(String word, double least, double most) implements Values {
        @Override
        public boolean allow(String value) {
            return value.equals(word) || new Number(least, most).allow(value);
        }

        @Override
        public String describe() {
            return word + ", or " + new Number(least, most).describe();
        }
    }

    /** Any text that is not blank. */
    public record Text() implements Values {
        @Override
        public boolean allow(String value) {
            return !value.isBlank();
        }

        @Override
        public String describe() {
            return "a text";
        }
    }

    /** Names with weights above 0, such as {@code gold=3,silver=1}; may be empty. */
    public record Weights() implements Values {
        @Override
        public boolean allow(String value) {
            try {
                return parse(value).values().stream().allMatch(w -> w > 0 && w < Double.POSITIVE_INFINITY);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        public String describe() {
            return "NAME=WEIGHT,NAME=WEIGHT,... with weights above 0";
        }

        /**
         * Parses an allowed value.
         *
         * @throws IllegalArgumentException if it is not {@code NAME=WEIGHT,...}
         */
        public static Map<String, Double> parse(String value) {
            Map<String, Double> weights = new HashMap<>();
            for (String pair : value.isEmpty() ? new String[0] : value.split(",", -1)) {
                int equals = pair.lastIndexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("no weight in '" + pair + "'");
                }
                weights.put(pair.substring(0, equals), Double.parseDouble(pair.substring(equals + 1)));
            }
            return Map.copyOf(weights);
        }
    }
}
