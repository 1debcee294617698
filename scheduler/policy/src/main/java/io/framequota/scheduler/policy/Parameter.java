package io.framequota.scheduler.policy;

import java.util.List;

/**
 * One parameter of a policy.
 *
 * @param name as people write it
 * @param explanation one line
 * @param values what is allowed
 * @param defaultValue what it is when nobody says
 */
public record Parameter(String name, String explanation, Values values, String defaultValue) {
    /** What a parameter may be. */
    public sealed interface Values {
        /** Whether a value, as written, is allowed. */
        boolean allow(String value);

        /** What is allowed, in words. */
        String describe();
    }

    /** One of a few words. */
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
}
