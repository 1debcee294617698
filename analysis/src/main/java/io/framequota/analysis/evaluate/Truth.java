package io.framequota.analysis.evaluate;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.result.InvalidResultException;
import io.framequota.analysis.result.ResultReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Annotated objects by frame. A frame without an entry was not annotated; a frame with an empty list was annotated and has no
 * objects.
 *
 * @param classes whose objects are annotated; empty if those of every class are
 */
public record Truth(Map<FrameKey, List<TruthObject>> frames, Set<String> classes) {
    /** The class of the objects in a sample's truth file, which names none. */
    private static final String SAMPLE_CLASS = "person";

    public Truth {
        frames = Map.copyOf(frames);
        classes = Set.copyOf(classes);
    }

    /** A truth in which the objects of every class are annotated. */
    public Truth(Map<FrameKey, List<TruthObject>> frames) {
        this(frames, Set.of());
    }

    /** Whether all objects of a class are annotated. */
    public boolean annotates(String label) {
        return classes.isEmpty() || classes.contains(label);
    }

    /**
     * Reads a truth: COCO's JSON ({@code images}, {@code annotations}, {@code categories}; an image's id is its frame's index), a
     * result, or the truth that is kept beside a sample clip.
     *
     * @param in is read to its end and not closed
     * @param name of the file, for messages
     */
    public static Truth read(InputStream in, String name) throws IOException, InvalidResultException {
        BufferedInputStream bytes = new BufferedInputStream(in, 1 << 16);
        bytes.mark(1 << 16);
        byte[] head = bytes.readNBytes(4096);
        bytes.reset();
        String start = new String(head, java.nio.charset.StandardCharsets.ISO_8859_1).stripLeading();
        boolean object = start.startsWith("{");
        if (start.startsWith("[") || object && !start.contains("\"frame\"")) {
            return json(bytes, name, object);
        }
        return result(bytes, name);
    }

    private static Truth json(InputStream in, String name, boolean coco) throws IOException, InvalidResultException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(in);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new InvalidResultException(
                    name + (at == null ? "" : ", line " + at.getLineNr()) + ": this is not JSON");
        }
        return coco ? coco(root, name) : sample(root, name);
    }

    private static Truth coco(JsonNode root, String name) throws InvalidResultException {
        if (!root.path("images").isArray() || !root.path("annotations").isArray()) {
            throw new InvalidResultException(
                    name + ": a COCO file has \"images\" and \"annotations\"; a result has one JSON"
                            + " object a line with \"frame\"");
        }
        Map<Long, String> classes = new HashMap<>();
        for (JsonNode category : root.path("categories")) {
            classes.put(id(category, name + ", category"), category.path("name").asText());
        }
        Map<FrameKey, List<TruthObject>> frames = new TreeMap<>();
        for (JsonNode image : root.path("images")) {
            frames.put(new FrameKey("", id(image, name + ", image")), new ArrayList<>());
        }
        int number = 0;
        for (JsonNode annotation : root.path("annotations")) {
            String place = name + ", annotation " + number++;
            List<TruthObject> objects =
                    frames.get(new FrameKey("", annotation.path("image_id").asLong(-1)));
            String label = classes.get(annotation.path("category_id").asLong(Long.MIN_VALUE));
            if (objects == null || label == null) {
                throw new InvalidResultException(place + ": its image or its category is not in the file");
            }
            double[] b = numbers(annotation.path("bbox"), place);
            objects.add(new TruthObject(
                    label,
                    new Box(b[0], b[1], b[0] + b[2], b[1] + b[3]),
                    track(annotation.path("track_id")),
                    annotation.path("iscrowd").asInt() == 1));
        }
        return new Truth(frames, Set.copyOf(classes.values()));
    }

    private static long id(JsonNode of, String place) throws InvalidResultException {
        JsonNode id = of.path("id");
        if (!id.canConvertToLong()) {
            throw new InvalidResultException(
                    place + ": its \"id\" is " + id + "; use a whole number of at most 64 bits");
        }
        return id.asLong();
    }

    private static Truth sample(JsonNode root, String name) throws InvalidResultException {
        Map<FrameKey, List<TruthObject>> frames = new TreeMap<>();
        for (JsonNode frame : root) {
            List<TruthObject> objects = new ArrayList<>();
            for (JsonNode box : frame.path("boxes")) {
                double[] b = numbers(box.path("box"), name + ", frame " + frame.path("frame"));
                objects.add(new TruthObject(
                        box.path("class").asText(SAMPLE_CLASS),
                        new Box(b[0], b[1], b[2], b[3]),
                        track(box.path("track")),
                        false));
            }
            if (!frame.path("frame").isIntegralNumber()) {
                throw new InvalidResultException(name + ": every element needs \"frame\"");
            }
            frames.put(new FrameKey("", frame.path("frame").asLong()), objects);
        }
        return new Truth(frames);
    }

    private static Truth result(InputStream in, String name) throws IOException, InvalidResultException {
        Map<FrameKey, List<TruthObject>> frames = new TreeMap<>();
        ResultReader reader = new ResultReader(in, name);
        for (ResultReader.Line line = reader.next(); line != null; line = reader.next()) {
            if (line instanceof ResultReader.Frame(var frame) && !frame.failed()) {
                List<TruthObject> objects = new ArrayList<>();
                for (DetectedObject o : frame.objects()) {
                    objects.add(new TruthObject(
                            o.label(), o.box(), o.track(), false, o.distance(), TruthObject.Occlusion.UNKNOWN));
                }
                frames.put(frame.recordedKey(), objects);
            }
        }
        return new Truth(frames);
    }

    private static double[] numbers(JsonNode box, String place) throws InvalidResultException {
        double[] values = new double[4];
        for (int i = 0; i < 4; i++) {
            values[i] = box.path(i).asDouble(Double.NaN);
            if (box.size() != 4 || !Double.isFinite(values[i])) {
                throw new InvalidResultException(place + ": a box is a list of four numbers");
            }
        }
        return values;
    }

    private static OptionalLong track(JsonNode json) {
        return json.isIntegralNumber() ? OptionalLong.of(json.asLong()) : OptionalLong.empty();
    }
}
