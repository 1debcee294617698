package io.framequota.analysis.format;

import static io.framequota.analysis.format.ResultExport.number;

import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Labels for Ultralytics: a text file for each frame with {@code class x y width height}, centre and size as parts of the picture, and
 * {@code data.yaml} with the classes. Scores have no place there. A frame that failed has no labels. Takes memory for each frame: an
 * archive's list of files is written last.
 */
final class YoloExport implements ResultExport {
    static final int MOST_FRAMES = 200_000;

    private final Map<Integer, String> classes = new TreeMap<>();
    /** Of pictures that have names of their own. */
    private final Set<String> names = new HashSet<>();
    /** The names of all pictures, which are much alike, compressed: one file of an archive is written at a time. */
    private final ByteArrayOutputStream images = new ByteArrayOutputStream();

    private int count;

    @Override
    public void write(ResultFrames frames, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        try (OutputStream list = new GZIPOutputStream(images)) {
            frames.each(
                    frame -> {
                        if (!frame.failed()) {
                            labels(zip, list, source.get(), frame);
                        }
                    },
                    zip::flush);
        }
        zip.putNextEntry(new ZipEntry("train.txt"));
        try (InputStream list = new GZIPInputStream(new ByteArrayInputStream(images.toByteArray()))) {
            list.transferTo(zip);
        }
        zip.closeEntry();
        file(zip, "data.yaml", yaml());
        zip.finish();
    }

    private void labels(ZipOutputStream zip, OutputStream list, SourceInfo source, ResultFrame frame)
            throws IOException {
        if (++count > MOST_FRAMES) {
            throw new IOException("a result in YOLO's format has at most " + MOST_FRAMES
                    + " frames; use another format, for example coco");
        }
        String path = frame.file().isEmpty() ? numbered(source, frame) : frame.file();
        int dot = path.lastIndexOf('.');
        String stem = dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
        String name = frame.file().isEmpty() ? stem : ownName(stem, path);
        StringBuilder rows = new StringBuilder();
        for (DetectedObject found : frame.objects()) {
            classes.putIfAbsent(found.classId(), found.label());
            append(rows, found, source.widthOf(frame), source.heightOf(frame));
        }
        list.write(("./images/train/" + path + "\n").getBytes(StandardCharsets.UTF_8));
        file(zip, "labels/train/" + name + ".txt", rows.toString());
    }

    /** Of two pictures that differ in their suffix only one keeps it, as long as no third has that name. */
    private String ownName(String stem, String path) {
        String name = names.add(stem) ? stem : path;
        for (int again = 2; !name.equals(stem) && !names.add(name); again++) {
            name = path + "-" + again;
        }
        return name;
    }

    private static String numbered(SourceInfo source, ResultFrame frame) {
        String stream = frame.key().stream();
        return source.stem() + "_" + (stream.isEmpty() ? "" : stream + "_")
                + (frame.key().frame() + 1) + ".jpg";
    }

    private static void append(StringBuilder rows, DetectedObject found, int width, int height) {
        Box box = found.box();
        double left = part(box.x1(), width);
        double top = part(box.y1(), height);
        double right = part(box.x2(), width);
        double bottom = part(box.y2(), height);
        rows.append(found.classId());
        for (double value : new double[] {(left + right) / 2, (top + bottom) / 2, right - left, bottom - top}) {
            rows.append(' ').append(number(value, 7));
        }
        rows.append('\n');
    }

    /** A box may end outside of the picture; labels may not. */
    private static double part(double pixels, int side) {
        return side == 0 ? 0 : Math.clamp(pixels / side, 0, 1);
    }

    private String yaml() {
        StringBuilder text = new StringBuilder("path: .\ntrain: train.txt\nval: train.txt\nnames:\n");
        classes.forEach((id, name) -> text.append("  ")
                .append(id)
                .append(": '")
                .append(name.replaceAll("\\p{Cntrl}", " ").replace("'", "''"))
                .append("'\n"));
        return text.toString();
    }

    private static void file(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
