package io.framequota.inferenceserver.backend;

import java.util.ArrayList;
import java.util.List;

/** Arithmetic on tensor shapes. A dimension of -1 is open: each request decides its size. */
public final class Shapes {
    private Shapes() {}

    /**
     * The number of elements of a shape without open dimensions.
     *
     * @throws ArithmeticException when the number does not fit in a long
     */
    public static long elements(List<Long> shape) {
        long product = 1;
        for (long dim : shape) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    /** Whether no dimension is open. */
    public static boolean closed(List<Long> shape) {
        return shape.stream().allMatch(dim -> dim >= 0);
    }

    /**
     * Whether both shapes can describe the same tensor: they have the same rank, and dimensions that are not open are equal.
     */
    public static boolean compatible(List<Long> a, List<Long> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            long x = a.get(i);
            long y = b.get(i);
            if (x != y && x >= 0 && y >= 0) {
                return false;
            }
        }
        return true;
    }

    public static List<Long> prepend(long first, List<Long> shape) {
        List<Long> longer = new ArrayList<>(shape.size() + 1);
        longer.add(first);
        longer.addAll(shape);
        return longer;
    }

    public static long[] array(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** The shape as Triton prints it: {@code [1,3,416,416]}. */
    public static String text(List<Long> shape) {
        return shape.toString().replace(" ", "");
    }
}
