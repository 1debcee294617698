package io.framequota.inference.intake;

import io.framequota.contract.frame.FrameMeta;

/**
 * A frame as it was read. The pixels are shared and never written to.
 *
 * @param meta what its headers say
 * @param pixels raw 8-bit, empty when {@code meta} carries an error
 */
public record Frame(FrameMeta meta, byte[] pixels) {}
