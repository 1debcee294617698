package io.framequota.inferenceserver.prepare;

import io.framequota.contract.kserve.ModelConfig;
import io.framequota.inferenceserver.graph.ModelPreparation;
import io.framequota.inferenceserver.graph.OnnxFile;
import io.framequota.inferenceserver.graph.OpenBatch;
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
    private static final String USAGE =
            "usage: IN.onnx OUT [BATCH], where OUT is a file OUT.onnx or an entry FOLDER/NAME, and BATCH a number of pictures";

    private PrepareModelMain() {}

    /** Prepares the model and prints the path of the result. */
    public static void main(String[] arguments) {
        try {
            if (arguments.length != 2 && (arguments.length != 3 || !arguments[2].matches("[1-9]\\d{0,3}"))) {
                throw new UnusableModelException(USAGE);
            }
            int batch = arguments.length == 2 ? 1 : Integer.parseInt(arguments[2]);
            System.out.println(prepare(Path.of(arguments[0]), Path.of(arguments[1]), batch));
        } catch (UnusableModelException e) {
            System.err.println("model prepare: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("model prepare: cannot write " + arguments[1] + ": " + e);
            System.exit(1);
        }
    }

    /**
     * Prepares a model; returns the file that it wrote.
     *
     * @param batch most pictures of a request; 1 leaves the first dimension as it is
     */
    static Path prepare(Path in, Path out, int batch) throws UnusableModelException, IOException {
        ModelConfig config = PreparedConfig.beside(in);
        ModelProto model;
        try {
            ModelProto read = OnnxFile.read(in).model();
            model = ModelPreparation.prepare(
                            batch == 1 ? read : severalPictures(in, read), PreparedConfig.unitRange(config))
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
        Files.writeString(out.resolve("config.pbtxt"), PreparedConfig.text(name.toString(), config, model, batch));
        return version.resolve("model.onnx");
    }

    private static ModelProto severalPictures(Path in, ModelProto model) throws UnusableModelException, IOException {
        ModelProto open = OpenBatch.open(model);
        Path file = Files.createTempFile("fq-batch-", ".onnx");
        try {
            Files.write(file, open.toByteArray());
            BatchCheck.require(in, file);
            return open;
        } finally {
            Files.delete(file);
        }
    }
}
