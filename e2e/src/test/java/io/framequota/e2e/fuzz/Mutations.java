package io.framequota.e2e.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages valid inputs, in the same way for the same seed. */
final class Mutations {
    private static final int MOST_BYTES = 256 * 1024;
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        7,
        8,
        127,
        128,
        255,
        256,
        32_767,
        65_535,
        65_536,
        1 << 24,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final String[] TEXTS = {
        "0",
        "-1",
        "NaN",
        "1e999",
        "99999999999999999999",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\n",
        "\r\n",
        "\0",
        "../",
        "\uFFFD",
        "&a",
        "*a",
        "!!",
        "%",
        "<",
        ">"
    };

    private final Random random;
    private final List<byte[]> corpus;

    Mutations(long seed, List<byte[]> corpus) {
        this.random = new Random(seed);
        this.corpus = corpus;
    }

    /** The next input. */
    byte[] next() {
        byte[] input = any().clone();
        for (int i = 1 << random.nextInt(4); i > 0; i--) {
            input = change(input);
        }
        return input.length > MOST_BYTES ? Arrays.copyOf(input, MOST_BYTES) : input;
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] change(byte[] input) {
        if (input.length == 0) {
            return bytes(1 + random.nextInt(16));
        }
        int at = random.nextInt(input.length);
        int length = Math.min(input.length - at, 1 << random.nextInt(8));
        switch (random.nextInt(11)) {
            case 0 -> {
                input[at] ^= (byte) (1 << random.nextInt(8));
                return input;
            }
            case 1 -> {
                input[at] = (byte) random.nextInt(256);
                return input;
            }
            case 2 -> {
                return replaced(input, at, 0, bytes(length));
            }
            case 3 -> {
                return replaced(input, at, length, new byte[0]);
            }
            case 4 -> {
                return Arrays.copyOf(input, at);
            }
            case 5 -> {
                return replaced(input, at, 0, Arrays.copyOfRange(input, at, at + length));
            }
            case 6 -> {
                byte[] other = any();
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                int to = Math.min(other.length, from + (1 << random.nextInt(10)));
                return replaced(input, at, random.nextBoolean() ? length : 0, Arrays.copyOfRange(other, from, to));
            }
            case 7, 8 -> {
                long edge = EDGES[random.nextInt(EDGES.length)] + random.nextInt(3) - 1;
                int width = 1 << random.nextInt(4);
                boolean little = random.nextBoolean();
                for (int i = 0; i < width && at + i < input.length; i++) {
                    input[at + i] = (byte) (edge >> 8 * (little ? i : width - 1 - i));
                }
                return input;
            }
            case 9 -> {
                byte[] text = TEXTS[random.nextInt(TEXTS.length)].getBytes(java.nio.charset.StandardCharsets.UTF_8);
                return replaced(input, at, random.nextBoolean() ? Math.min(length, text.length) : 0, text);
            }
            default -> {
                // Many times the same: deep nesting, long names, many entries.
                byte[] piece = Arrays.copyOfRange(input, at, at + length);
                int times = 1 + random.nextInt(Math.max(1, Math.min(2_000, MOST_BYTES / length)));
                byte[] many = new byte[piece.length * times];
                for (int i = 0; i < many.length; i++) {
                    many[i] = piece[i % piece.length];
                }
                return replaced(input, at, 0, many);
            }
        }
    }

    private byte[] bytes(int number) {
        byte[] bytes = new byte[number];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] replaced(byte[] input, int at, int length, byte[] by) {
        byte[] out = new byte[input.length - length + by.length];
        System.arraycopy(input, 0, out, 0, at);
        System.arraycopy(by, 0, out, at, by.length);
        System.arraycopy(input, at + length, out, at + by.length, input.length - at - length);
        return out;
    }
}
