package io.framequota.lab.worker;

/**
 * The number of threads of a job and its serial part.
 *
 * @param threads that work on the job
 * @param serial thousandths of the work that one thread does while the others wait
 */
public record Parallelism(int threads, int serial) {
    /** One thread without a serial part. */
    public static final Parallelism ONE = new Parallelism(1, 0);

    /** The values in the burner's protocol. */
    String words() {
        return threads + " " + serial;
    }
}
