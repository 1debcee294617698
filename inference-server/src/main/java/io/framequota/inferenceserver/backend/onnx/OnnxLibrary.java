package io.framequota.inferenceserver.backend.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import io.framequota.media.library.NativeLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** The ONNX Runtime environment of this process, loaded when the first model needs it. */
final class OnnxLibrary {
    private static final String TELEMETRY = "ORT_DISABLE_TELEMETRY";

    private OnnxLibrary() {}

    static OrtEnvironment environment() {
        return Holder.ENVIRONMENT;
    }

    private static final class Holder {
        static final OrtEnvironment ENVIRONMENT = load();

        private static OrtEnvironment load() {
            if (System.getenv(TELEMETRY) == null) {
                setEnvironment(TELEMETRY, "1");
            }
            if (System.getProperty("onnxruntime.native.path") == null) {
                String folder = NativeLibraries.unpack(
                                "onnxruntime",
                                OrtEnvironment.class,
                                "ai/onnxruntime/native/linux-" + architecture(),
                                List.of("libonnxruntime.so", "libonnxruntime4j_jni.so"))
                        .toString();
                System.setProperty("onnxruntime.native.path", folder);
            }
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "framequota");
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
    }

    /**
     * Sets a variable in this process's own environment, which Java cannot do. ONNX Runtime reads the variable with getenv when
     * it is loaded. Starting the server with the variable set makes this call unnecessary.
     */
    private static void setEnvironment(String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle setenv = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("setenv"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            int ignored = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot set " + name + "; set it before the start", e);
        }
    }
}
