package io.framequota.cli.download;

import io.framequota.common.failure.Failure;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that {@code fq model add NAME} downloads: an official file, which is checked.
 *
 * @param uri of the file at its publisher
 * @param bytes size of the file
 * @param sha256 of the file, in lower-case hexadecimal digits
 * @param licence SPDX identifier
 * @param preprocess how its pictures are made: {@code framequota.preprocess}
 * @param postprocess how its outputs are read: {@code framequota.postprocess}
 * @param about one line for people
 */
public record DownloadableModel(
        String name,
        URI uri,
        long bytes,
        String sha256,
        String licence,
        String preprocess,
        String postprocess,
        String about) {
    /** Variable with the URL of a folder that has the files of all models; it is asked instead of the publishers. */
    public static final String MIRROR = "FRAMEQUOTA_MODEL_MIRROR";

    private static final String YOLOX = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/";

    /** All of them, the smallest first. Average precisions are the publisher's, on COCO val2017. */
    public static final List<DownloadableModel> ALL = List.of(
            yolox(
                    "yolox_nano",
                    3_659_407,
                    "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
                    "80 classes of COCO at 416x416, average precision 25.8; 1.08 GFLOPs a picture"),
            yolox(
                    "yolox_tiny",
                    20_219_662,
                    "427cc366d34e27ff7a03e2899b5e3671425c262ea2291f88bb942bc1cc70b0f7",
                    "80 classes of COCO at 416x416, average precision 32.8; 6.45 GFLOPs a picture"),
            yolox(
                    "yolox_s",
                    35_858_002,
                    "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063",
                    "80 classes of COCO at 640x640, average precision 40.5; 26.8 GFLOPs a picture"));

    private static DownloadableModel yolox(String name, long bytes, String sha256, String about) {
        return new DownloadableModel(
                name,
                URI.create(YOLOX + name + ".onnx"),
                bytes,
                sha256,
                "Apache-2.0",
                "letterbox,bgr,0-255",
                "yolox",
                about);
    }

    /** The model with this name. */
    public static Optional<DownloadableModel> named(String name) {
        return ALL.stream().filter(model -> model.name().equals(name)).findFirst();
    }

    /** The name of its file. */
    public String file() {
        String path = uri.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * Where to download it from: the mirror, if one is set.
     *
     * @throws Failure wrong use: the mirror's address is not a URL
     */
    public URI source(Map<String, String> environment) {
        String mirror = environment.getOrDefault(MIRROR, "");
        return mirror.isEmpty()
                ? uri
                : ModelDownload.address(mirror + (mirror.endsWith("/") ? "" : "/") + file(), MIRROR + " " + mirror);
    }
}
