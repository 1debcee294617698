package io.framequota.ingest.scale.opencv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URI;
import java.net.URL;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.opencv.core.Core;

/**
 * Loads OpenCV's own Java API on the libraries of the JavaCPP jars, which are unpacked once into JavaCPP's cache. Loading JavaCPP's
 * classes for OpenCV instead takes ten times as much CPU.
 */
public final class OpenCvLoader {
    private static final String BLAS = "/org/bytedeco/openblas/linux-x86_64/";
    private static final String OPENCV = "/org/bytedeco/opencv/linux-x86_64/";

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

    private static final int MAX_COPIES = 9;

    private OpenCvLoader() {}

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

    private static final class Holder {
        static final boolean LOADED = loadAll();

        private static boolean loadAll() {
            try {
                for (String file : BLAS_FILES) {
                    open(BLAS + file);
                }
                for (String module : MODULES) {
                    open(OPENCV + "libopencv_" + module + ".so." + Core.VERSION_MAJOR + Core.VERSION_MINOR);
                }
                bind(resource(OPENCV + "libopencv_java.so"));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unpack OpenCV: " + e.getMessage(), e);
            }
            Core.setNumThreads(1);
            return true;
        }

        /** Loads a library for the whole process, not for a class loader. */
        private static void open(String resource) throws IOException {
            SymbolLookup.libraryLookup(Loader.cacheResource(resource(resource)).toPath(), Arena.global());
        }

        /** Loads a library for the class loader of the Java API, which is also that of JavaCPP. */
        private static void bind(URL library) throws IOException {
            try {
                Loader.loadLibrary(Core.class, new URL[] {library}, "opencv_java");
            } catch (UnsatisfiedLinkError e) {
                bindCopy(library, 0);
            }
        }

        /** Loads a copy under another name, because other class loaders of this process have loaded the file itself. */
        private static void bindCopy(URL library, int number) throws IOException {
            String name = "opencv_java" + number;
            try {
                URL copy = URI.create(library + "#lib" + name + ".so").toURL();
                Loader.loadLibrary(Core.class, new URL[] {copy}, name);
            } catch (UnsatisfiedLinkError e) {
                if (number == MAX_COPIES) {
                    throw e;
                }
                bindCopy(library, number + 1);
            }
        }

        private static URL resource(String name) throws IOException {
            URL resource = Loader.class.getResource(name);
            if (resource == null) {
                throw new IOException(name + " is in no jar on the class path");
            }
            return resource;
        }
    }
}
