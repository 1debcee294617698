package io.framequota.ingest.decode.ffmpeg;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Counts what was wrong with a source and says it in a few lines, however much it was. */
final class Damage {
    private long brokenPackets;
    private long damagedFrames;
    private long readErrors;
    private double firstAtMs = Double.NaN;
    private String ending = "";

    void brokenPacket(double nearMs) {
        brokenPackets++;
        at(nearMs);
    }

    void damagedFrame(double ms) {
        damagedFrames++;
        at(ms);
    }

    void readError(double nearMs) {
        readErrors++;
        at(nearMs);
    }

    /** Begins to count anew. */
    void forgive() {
        brokenPackets = 0;
        damagedFrames = 0;
        readErrors = 0;
        firstAtMs = Double.NaN;
    }

    /** The source ended before it should have. */
    void endedEarly(String line) {
        ending = line;
    }

    private void at(double ms) {
        if (Double.isNaN(firstAtMs)) {
            firstAtMs = ms;
        }
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (brokenPackets + damagedFrames + readErrors > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "the source is damaged, first near %.1f s: %d broken packets, %d frames shown with errors, %d read"
                            + " errors; what could be decoded is delivered",
                    Double.isNaN(firstAtMs) ? 0 : firstAtMs / 1000,
                    brokenPackets,
                    damagedFrames,
                    readErrors));
        }
        if (!ending.isEmpty()) {
            lines.add(ending);
        }
        return lines;
    }
}
