package io.framequota.inferenceserver.prepare;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.graph.BadModel;
import io.framequota.inferenceserver.graph.Preparation;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a model whose input is an 8-bit picture: {@code IN.onnx OUT.onnx} writes the file, {@code IN.onnx FOLDER/NAME} an
 * entry of a model repository. Exits 2 with one line when the model cannot be used.
 */
public final class Main {
    private static final String USAGE = "usage: IN.onnx OUT, where OUT is a file OUT.onnx or an entry FOLDER/NAME";

    private Main() {}

    /** Prepares the model; prints where it is. */
    public static void main(String[] arguments) {
        try {
            if (arguments.length != 2) {
                throw new BadModel(USAGE);
            }
            System.out.println(prepare(Path.of(arguments[0]), Path.of(arguments[1])));
        } catch (BadModel e) {
            System.err.println("model prepare: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("model prepare: cannot write " + arguments[1] + ": " + e);
            System.exit(1);
        }
    }

    /** Prepares a model; the answer is the file it wrote. */
    static Path prepare(Path in, Path out) throws BadModel, IOException {
        ModelConfig config = EntryConfig.beside(in);
        ModelProto model;
        try {
            model = Preparation.prepare(in, EntryConfig.unitRange(config)).model();
        } catch (BadModel e) {
            throw new BadModel(in + ": " + e.getMessage());
        }
        Path name = out.getFileName();
        if (name == null) {
            throw new BadModel(out + " is no file and no entry of a model repository");
        }
        if (name.toString().endsWith(".onnx")) {
            Files.write(out, model.toByteArray());
            return out;
        }
        Path version = Files.createDirectories(out.resolve("1"));
        Files.write(version.resolve("model.onnx"), model.toByteArray());
        Files.writeString(out.resolve("config.pbtxt"), EntryConfig.text(name.toString(), config, model));
        return version.resolve("model.onnx");
    }
}
