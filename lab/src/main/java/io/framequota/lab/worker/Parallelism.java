package io.framequota.lab.worker;

/**
 * How wide a job runs.
 *
 * @param threads that work on it
 * @param serial the thousandths of its work that one of them does while the others wait
 */
public record Parallelism(int threads, int serial) {
    /** One thread, which does everything. */
    public static final Parallelism ONE = new Parallelism(1, 0);

    /** As it is written in an order. */
    String words() {
        return threads + " " + serial;
    }
}
