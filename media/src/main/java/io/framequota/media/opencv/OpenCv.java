package io.framequota.media.opencv;

import io.framequota.media.library.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.opencv.core.Core;

/**
 * Loads OpenCV's own Java API on the libraries of the JavaCPP jars, module by module. JavaCPP's loader would also load highgui and
 * with it GTK, which servers do not have, and its classes for OpenCV take ten times as much CPU.
 */
public final class OpenCv {
    private static final String BLAS = "org/bytedeco/openblas/linux-x86_64";
    private static final String OPENCV = "org/bytedeco/opencv/linux-x86_64";

    /** Each library needs only libraries in front of it; the library of the Java API needs them all. */
    private static final List<String> BLAS_FILES =
            List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0");

    private static final List<String> MODULES = List.of(
            "core",
            "imgproc",
            "dnn",
            "flann",
            "features2d",
            "calib3d",
            "imgcodecs",
            "videoio",
            "video",
            "objdetect",
            "photo",
            "ml",
            "plot",
            "phase_unwrapping",
            "tracking",
            "face",
            "bioinspired",
            "bgsegm",
            "aruco",
            "ximgproc",
            "xfeatures2d",
            "wechat_qrcode",
            "structured_light",
            "text",
            "saliency",
            "img_hash",
            "dnn_superres",
            "xphoto");

    private static final String JAVA = "libopencv_java.so";
    private static final String FACES = "share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

    private OpenCv() {}

    /**
     * Loads OpenCV on the first call, which may unpack 80 MB, and makes OpenCV compute on its caller's thread only. Safe for use by
     * many threads.
     *
     * @throws UncheckedIOException when the libraries cannot be unpacked
     */
    public static void load() {
        if (!Holder.LOADED) {
            throw new IllegalStateException("OpenCV is not loaded");
        }
    }

    /** The file of the cascade that finds frontal faces. */
    public static Path faceCascade() {
        return folder().resolve(FACES);
    }

    private static Path folder() {
        List<String> files = new ArrayList<>(MODULES.stream().map(OpenCv::file).toList());
        files.add(JAVA);
        files.add(FACES);
        return NativeLibraries.unpack("opencv", Core.class, OPENCV, files);
    }

    private static String file(String module) {
        return "libopencv_" + module + ".so." + Core.VERSION_MAJOR + Core.VERSION_MINOR;
    }

    private static final class Holder {
        static final boolean LOADED = loadAll();

        private static boolean loadAll() {
            Path blas = NativeLibraries.unpack("openblas", Core.class, BLAS, BLAS_FILES);
            BLAS_FILES.forEach(file -> open(blas.resolve(file)));
            Path opencv = folder();
            MODULES.forEach(module -> open(opencv.resolve(file(module))));
            bind(opencv.resolve(JAVA));
            Core.setNumThreads(1);
            return true;
        }

        /** Loads a library for the whole process, not for a class loader. */
        private static void open(Path library) {
            SymbolLookup.libraryLookup(library, Arena.global());
        }

        /** Loads the library of the Java API for that API's class loader, which is also JavaCPP's. */
        private static void bind(Path library) {
            try {
                bind(library, "opencv_java");
            } catch (UnsatisfiedLinkError e) {
                bindCopy(library);
            }
        }

        /** Loads a copy, because another class loader of this process has loaded the file itself. */
        private static void bindCopy(Path library) {
            try {
                Path copy = Files.createTempFile("opencv", ".so");
                try {
                    Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
                    bind(copy, String.valueOf(copy.getFileName()));
                } finally {
                    Files.delete(copy);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot copy " + library.getFileName() + ": " + e.getMessage(), e);
            }
        }

        private static void bind(Path library, String name) {
            try {
                Loader.loadLibrary(Core.class, new URL[] {library.toUri().toURL()}, name);
            } catch (MalformedURLException e) {
                throw new IllegalStateException("a file has no URL: " + library, e);
            }
        }
    }
}
