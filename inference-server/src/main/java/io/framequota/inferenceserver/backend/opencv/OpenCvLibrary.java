package io.framequota.inferenceserver.backend.opencv;

import io.framequota.inferenceserver.backend.NativeLibraries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.Core;
import org.opencv.core.Mat;

/**
 * Loads OpenCV's own Java API on the libraries of the JavaCPP jars. It loads them one by one, because JavaCPP's loader would
 * also load highgui and with it GTK, which servers do not have.
 */
final class OpenCvLibrary {
    private static final String BLAS = "org/bytedeco/openblas/linux-x86_64";
    private static final String OPENCV = "org/bytedeco/opencv/linux-x86_64";

    /** Each library needs only those before it. */
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

    private OpenCvLibrary() {}

    /** Loads the library once. OpenCV then computes on its caller's thread only. */
    static void load() {
        if (!Holder.LOADED) {
            throw new IllegalStateException("OpenCV is not loaded");
        }
    }

    static Path faceCascade() {
        return folder().resolve(FACES);
    }

    private static Path folder() {
        List<String> files =
                new ArrayList<>(MODULES.stream().map(OpenCvLibrary::file).toList());
        files.add(JAVA);
        files.add(FACES);
        return NativeLibraries.unpack("opencv", Mat.class, OPENCV, files);
    }

    private static String file(String module) {
        return "libopencv_" + module + ".so." + Core.VERSION_MAJOR + Core.VERSION_MINOR;
    }

    private static final class Holder {
        static final boolean LOADED = loadAll();

        private static boolean loadAll() {
            Path blas = NativeLibraries.unpack("openblas", Mat.class, BLAS, BLAS_FILES);
            BLAS_FILES.forEach(file -> System.load(blas.resolve(file).toString()));
            Path opencv = folder();
            MODULES.forEach(module -> System.load(opencv.resolve(file(module)).toString()));
            System.load(opencv.resolve(JAVA).toString());
            Core.setNumThreads(1);
            return true;
        }
    }
}
