package io.framequota.inferenceserver.prepare;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.graph.ModelPreparation;
import io.framequota.inferenceserver.graph.UnusableModelException;
import io.framequota.inferenceserver.graph.onnx.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives a model an 8-bit picture input. {@code IN.onnx OUT.onnx} writes a file, {@code IN.onnx FOLDER/NAME} an entry of a model
 * repository. Exits 2 with one line when the model cannot be used.
 */
public final class PrepareModelMain {
    private static final String USAGE = "usage: IN.onnx OUT, where OUT is a file OUT.onnx or an entry FOLDER/NAME";

    private PrepareModelMain() {}

    /** Prepares the model and prints the path of the result. */
    public static void main(String[] arguments) {
        try {
            if (arguments.length != 2) {
                throw new UnusableModelException(USAGE);
            }
            System.out.println(prepare(Path.of(arguments[0]), Path.of(arguments[1])));
        } catch (UnusableModelException e) {
            System.err.println("model prepare: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("model prepare: cannot write " + arguments[1] + ": " + e);
            System.exit(1);
        }
    }

    /** Prepares a model; returns the file that it wrote. */
    static Path prepare(Path in, Path out) throws UnusableModelException, IOException {
        ModelConfig config = PreparedConfig.beside(in);
        ModelProto model;
        try {
            model = ModelPreparation.prepare(in, PreparedConfig.unitRange(config))
                    .model();
        } catch (UnusableModelException e) {
            throw new UnusableModelException(in + ": " + e.getMessage());
        }
        Path name = out.getFileName();
        if (name == null) {
            throw new UnusableModelException(out + " is neither a file nor an entry of a model repository");
        }
        if (name.toString().endsWith(".onnx")) {
            Files.write(out, model.toByteArray());
            return out;
        }
        Path version = Files.createDirectories(out.resolve("1"));
        Files.write(version.resolve("model.onnx"), model.toByteArray());
        Files.writeString(out.resolve("config.pbtxt"), PreparedConfig.text(name.toString(), config, model));
        return version.resolve("model.onnx");
    }
}
