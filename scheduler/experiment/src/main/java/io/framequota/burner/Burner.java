package io.framequota.burner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads orders from standard input, one a line, and reports on standard output.
 *
 * <pre>
 * calibrate            -> unit NANOSECONDS       CPU time of one unit
 * run JOB UNITS N      -> began JOB NANOTIME     then, when it is done:
 *                      -> ended JOB NANOTIME
 * threads N                                      N threads work on the job from now on
 * </pre>
 *
 * NANOTIME is {@link System#nanoTime()}, which on Linux is the machine's monotonic clock, the same in every process. It
 * ends with its input, so it does not outlive who started it.
 */
public final class Burner {
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        Crew crew = new Crew(job -> say(out, "ended " + job + " " + System.nanoTime()));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "calibrate" -> say(out, "unit " + Work.unitNanos());
                case "run" -> {
                    say(out, "began " + words[1] + " " + System.nanoTime());
                    crew.begin(Long.parseLong(words[1]), Long.parseLong(words[2]), Integer.parseInt(words[3]));
                }
                case "threads" -> crew.wish(Integer.parseInt(words[1]));
                default -> throw new IOException("not an order: " + line);
            }
        }
    }

    private static synchronized void say(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }

    private Burner() {}
}
