package io.framequota.scheduler.policy;

import java.util.Arrays;

/** Sorts thousands of longs digit by digit, the lowest digit first: less work than comparing them, for one copy of them. */
final class RadixSort {
    private static final int BITS = 10;
    private static final int VALUES = 1 << BITS;

    /**
     * Sorts the first {@code count} keys.
     *
     * @param keys not negative
     * @param from the lowest bit that counts; keys that are the same from there on stay in the order that they are in
     */
    static void sort(long[] keys, int count, int from) {
        long[] source = keys;
        long[] target = new long[count];
        int[] next = new int[VALUES];
        for (int bit = from; bit < Long.SIZE - 1; bit += BITS) {
            if (digitEnds(source, count, bit, next)) {
                continue;
            }
            // From the end on, so that equal digits stay in order.
            for (int i = count - 1; i >= 0; i--) {
                target[--next[digit(source[i], bit)]] = source[i];
            }
            long[] sorted = target;
            target = source;
            source = sorted;
        }
        if (source != keys) {
            System.arraycopy(source, 0, keys, 0, count);
        }
    }

    /** Writes where the keys of each digit end; whether all have the same one. */
    private static boolean digitEnds(long[] keys, int count, int bit, int[] ends) {
        Arrays.fill(ends, 0);
        for (int i = 0; i < count; i++) {
            ends[digit(keys[i], bit)]++;
        }
        if (ends[digit(keys[0], bit)] == count) {
            return true;
        }
        for (int value = 1; value < VALUES; value++) {
            ends[value] += ends[value - 1];
        }
        return false;
    }

    private static int digit(long key, int bit) {
        return (int) (key >>> bit) & VALUES - 1;
    }

    private RadixSort() {}
}
