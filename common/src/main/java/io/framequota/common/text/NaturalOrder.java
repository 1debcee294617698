package io.framequota.common.text;

import java.io.Serial;
import java.io.Serializable;
import java.util.Comparator;

/**
 * Orders names as people do: runs of the digits 0 to 9 by their value, whatever their length, everything else by characters. So
 * {@code 2.png} comes before {@code 10.png}. Names that differ in leading zeros only are ordered by characters.
 */
public final class NaturalOrder implements Comparator<String>, Serializable {
    /** The only instance. */
    public static final NaturalOrder INSTANCE = new NaturalOrder();

    @Serial
    private static final long serialVersionUID = 1L;

    private NaturalOrder() {}

    @Override
    public int compare(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            int order;
            if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
                int endA = endOfDigits(a, i);
                int endB = endOfDigits(b, j);
                order = compareNumbers(a.substring(i, endA), b.substring(j, endB));
                i = endA;
                j = endB;
            } else {
                order = Character.compare(a.charAt(i++), b.charAt(j++));
            }
            if (order != 0) {
                return order;
            }
        }
        int rest = Integer.compare(a.length() - i, b.length() - j);
        return rest != 0 ? rest : a.compareTo(b);
    }

    private static int compareNumbers(String a, String b) {
        String x = withoutZeros(a);
        String y = withoutZeros(b);
        return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
    }

    private static String withoutZeros(String digits) {
        int at = 0;
        while (at < digits.length() - 1 && digits.charAt(at) == '0') {
            at++;
        }
        return digits.substring(at);
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    @Serial
    private Object readResolve() {
        return INSTANCE;
    }
}
