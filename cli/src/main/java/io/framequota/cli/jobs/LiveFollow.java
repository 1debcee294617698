package io.framequota.cli.jobs;

import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prints the lines of a live job: those that are stored, then each as soon as it is known. A lost connection is opened again. */
final class LiveFollow {
    private static final Pattern FRAME = Pattern.compile("^\\{\"frame\":(\\d+)");

    private final Terminal terminal;
    private final ServerClient client;
    private final String id;
    private final Set<String> gapsSince = new HashSet<>();
    private long lastFrame = -1;

    LiveFollow(Terminal terminal, ServerClient client, String id) {
        this.terminal = terminal;
        this.client = client;
        this.id = id;
    }

    /** Returns when the job has ended. */
    void run() throws InterruptedException, IOException {
        while (true) {
            try {
                // Watching begins before the stored lines are read, so that none is missed between the two.
                client.watchLines(id, this::stored, new ServerClient.LiveLines() {
                    @Override
                    public boolean line(long frame, String line) {
                        offer(frame, line);
                        return !terminal.unread();
                    }

                    @Override
                    public void missed(String count) {
                        terminal.say(count + " lines were left out here because they were read too slowly; fq results "
                                + id + " has them");
                    }
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            } catch (Failure e) {
                if (e.exitCode() != Failure.WORK_FAILED) {
                    throw e;
                }
                terminal.say(e.line());
            }
            if (terminal.unread()) {
                return;
            }
            JobStatus job = client.job(id);
            if (job.ended()) {
                stored();
                return;
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** Offers the stored lines. */
    private void stored() {
        long number = -1;
        try (InputStream in = client.open("/api/v1/jobs/" + id + "/detections?follow=false&format=jsonl", "*/*");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher frame = FRAME.matcher(line);
                number = frame.find() ? Long.parseLong(frame.group(1)) : number;
                offer(number, line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Prints a line, unless it was printed before.
     *
     * @param number of its frame; of a gap, any number from that of the frame in front of it up to the last one that is missing
     */
    private void offer(long number, String line) {
        boolean gap = line.startsWith("{\"gap\"");
        if (gap ? number >= lastFrame && !gapsSince.contains(line) : number > lastFrame) {
            terminal.print(line);
            if (gap) {
                gapsSince.add(line);
            } else {
                lastFrame = number;
                gapsSince.clear();
            }
        }
    }
}
