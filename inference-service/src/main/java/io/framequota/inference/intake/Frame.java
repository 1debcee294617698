package io.framequota.inference.intake;

import io.framequota.contract.frame.FrameMeta;

/**
 * A frame as it was read. Nobody changes its pixels.
 *
 * @param meta the record's headers
 * @param pixels encoded as {@code meta} says; empty for a frame with an error
 */
public record Frame(FrameMeta meta, byte[] pixels) {}
