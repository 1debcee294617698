package io.framequota.cli.model;

import picocli.CommandLine.Command;

/** {@code fq model}, the parent of the commands about model files. */
@Command(
        name = "model",
        description = "Add, describe, prepare and measure models.",
        footer = {"", "Examples:", "  fq model list", "  fq model add yolox_nano", "  fq model describe best.onnx"})
public final class ModelCommand {}
