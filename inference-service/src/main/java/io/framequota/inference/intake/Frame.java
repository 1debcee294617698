package io.framequota.inference.intake;

import io.framequota.contract.frame.FrameMeta;

/**
 * A frame as it was read. The pixels are shared and never written to.
 *
 * @param meta what its headers say
 * @param pixels as {@code meta} says that they are encoded, empty when it carries an error
 */
public record Frame(FrameMeta meta, byte[] pixels) {}
