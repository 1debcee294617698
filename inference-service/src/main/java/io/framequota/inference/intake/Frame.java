package io.framequota.inference.intake;

import io.framequota.contract.frame.FrameMeta;

/**
 * A frame as it was read, or decoded from packets. Nobody changes its pixels.
 *
 * @param meta the record's headers
 * @param pixels encoded as {@code meta} says; empty for a frame with an error
 */
public record Frame(FrameMeta meta, byte[] pixels) implements IntakeRecord {
    @Override
    public String job() {
        return meta.job();
    }

    @Override
    public int chunk() {
        return meta.chunk();
    }
}
