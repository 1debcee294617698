package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.evaluate.DriveTruth;
import io.framequota.analysis.evaluate.Evaluation;
import io.framequota.analysis.evaluate.TrackEvaluation;
import io.framequota.analysis.evaluate.Truth;
import io.framequota.analysis.kitti.Drive;
import io.framequota.analysis.kitti.DriveFolder;
import io.framequota.analysis.kitti.InvalidDriveException;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.result.InvalidResultException;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq evaluate}. */
@Command(
        name = "evaluate",
        description =
                "Compare a result with a truth: precision, recall, F1 and average precision, by class; also by distance and"
                        + " occlusion where the truth has them.",
        footer = {
            "",
            "The truth is a COCO file whose image ids are frame numbers, another result, or the folder or zip of a KITTI"
                    + " drive with tracklet_labels.xml.",
            "Only frames that both have are compared.",
            "",
            "Examples:",
            "  fq evaluate out.jsonl.gz --truth labels.json",
            "  fq evaluate yolov8.jsonl.gz --truth yolox.jsonl.gz --iou 0.7 --json",
            "  fq evaluate drive.jsonl.gz --truth 2011_09_26/2011_09_26_drive_0001_sync"
        })
public final class EvaluateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RESULT", description = "Result to judge, as fq results writes it; - for standard input.")
    private String result = "";

    @Option(
            names = "--truth",
            required = true,
            paramLabel = "TRUTH",
            description = "Truth: a COCO file, another result, or a KITTI drive.")
    private String truth = "";

    @Option(
            names = "--iou",
            paramLabel = "IOU",
            description =
                    "Least overlap of a detection with an object, above 0, at most 1 (default: ${DEFAULT-VALUE}).")
    private double iou = 0.5;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    public EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!(iou > 0 && iou <= 1)) {
            throw Failure.use("--iou " + iou + ": give a number above 0, at most 1");
        }
        Map<FrameKey, List<DetectedObject>> found;
        Truth there;
        try (ResultInput input = ResultInput.open(terminal, result)) {
            found = input.objects();
            there = readTruth(found);
            if (there.frames().keySet().stream().allMatch(f -> f.stream().isEmpty())) {
                found = input.objectsByIndex();
            }
        }
        Evaluation evaluation = Evaluation.of(found, there, iou);
        if (evaluation.frames() == 0) {
            throw Failure.use(
                    result + " and " + truth + " have no frame in common: the result has " + found.size()
                            + " frames, the truth " + there.frames().size()
                            + "; frame numbers count from 0, in COCO they are the image ids, in a drive those of the cameras' files");
        }
        Optional<TrackEvaluation> tracks = TrackEvaluation.of(found, there, iou);
        if (json) {
            terminal.print(json(evaluation, tracks).toString());
        } else {
            print(evaluation, tracks);
        }
        return Failure.DONE;
    }

    private Truth readTruth(Map<FrameKey, List<DetectedObject>> found) throws IOException {
        try {
            Path path = terminal.source(truth);
            if (Files.isDirectory(path)) {
                return drive(path, found);
            }
            try (ResultInput input = ResultInput.open(terminal, truth)) {
                if (!isZip(input.path())) {
                    return read(input);
                }
                try (FileSystem zip = FileSystems.newFileSystem(input.path())) {
                    return drive(zip.getPath("/"), found);
                } catch (ZipException e) {
                    throw Failure.use(truth + ": this is not a whole zip archive; use a complete file");
                }
            }
        } catch (InvalidResultException e) {
            throw Failure.use(String.valueOf(e.getMessage()));
        }
    }

    private Truth read(ResultInput input) throws IOException, InvalidResultException {
        try (InputStream in = input.bytes()) {
            return Truth.read(in, truth);
        }
    }

    private Truth drive(Path folder, Map<FrameKey, List<DetectedObject>> found) throws IOException {
        boolean names = found.values().stream().flatMap(List::stream).anyMatch(d -> DriveTruth.isKittiName(d.label()));
        try {
            Optional<DriveFolder> files = DriveFolder.in(folder);
            Optional<Drive> drive = files.isEmpty() ? Optional.empty() : Drive.open(files.get());
            if (drive.isEmpty()) {
                throw Failure.use(
                        truth + ": this is no KITTI drive, which has pictures in image_00/data to image_03/data and"
                                + " timestamps.txt beside them");
            }
            return DriveTruth.of(drive.get(), names);
        } catch (InvalidDriveException e) {
            throw Failure.use(truth + ": " + e.getMessage());
        }
    }

    private static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 'P' && in.read() == 'K';
        }
    }

    private void print(Evaluation evaluation, Optional<TrackEvaluation> tracks) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header("CLASS"));
        evaluation.classes().forEach((label, score) -> rows.add(row(label, score)));
        rows.add(row("all", evaluation.all()));
        terminal.print(Formatting.table(rows));
        printSlices(evaluation.slices());
        terminal.print("");
        terminal.print(evaluation.frames() + " frames compared, matches from an IoU of " + evaluation.iou() + " on");
        if (evaluation.otherClasses() > 0) {
            terminal.print(
                    evaluation.otherClasses() + " detections of classes that the truth does not annotate are left out");
        }
        if (evaluation.missing() > 0) {
            terminal.print(evaluation.missing() + " annotated frames have no line in the result and are left out");
        }
        if (evaluation.unannotated() > 0) {
            terminal.print(evaluation.unannotated() + " frames of the result are not annotated and are left out");
        }
        tracks.ifPresent(t -> terminal.print(String.format(
                Locale.ROOT,
                "tracks: MOTA %s, %d identity switches, %d misses, %d false positives",
                number(t.mota()),
                t.switches(),
                t.misses(),
                t.falsePositives())));
    }

    private void printSlices(List<Evaluation.SliceScore> slices) {
        Map<String, List<List<String>>> tables = new LinkedHashMap<>();
        for (Evaluation.SliceScore slice : slices) {
            tables.computeIfAbsent(slice.slice().kind(), k -> new ArrayList<>())
                    .add(row(slice.slice().name(), slice.score()));
        }
        tables.forEach((kind, rows) -> {
            rows.addFirst(header(kind.replace("_m", " (m)").toUpperCase(Locale.ROOT)));
            terminal.print("");
            terminal.print(Formatting.table(rows));
        });
    }

    private static List<String> header(String first) {
        return List.of(first, "OBJECTS", "DETECTIONS", "PRECISION", "RECALL", "F1", "AP50", "AP");
    }

    private static List<String> row(String label, Evaluation.Score score) {
        return List.of(
                label,
                Integer.toString(score.truths()),
                Integer.toString(score.detections()),
                number(score.precision()),
                number(score.recall()),
                number(score.f1()),
                number(score.ap50()),
                number(score.ap()));
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static ObjectNode json(Evaluation evaluation, Optional<TrackEvaluation> tracks) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("iou", evaluation.iou())
                .put("frames", evaluation.frames())
                .put("missing_frames", evaluation.missing())
                .put("unannotated_frames", evaluation.unannotated())
                .put("unannotated_detections", evaluation.otherClasses());
        score(root, evaluation.all());
        ArrayNode classes = root.putArray("classes");
        evaluation.classes().forEach((label, score) -> score(classes.addObject().put("class", label), score));
        if (!evaluation.slices().isEmpty()) {
            ArrayNode slices = root.putArray("slices");
            evaluation
                    .slices()
                    .forEach(s -> score(
                            slices.addObject().put(s.slice().kind(), s.slice().name()), s.score()));
        }
        tracks.ifPresent(t -> root.putObject("tracks")
                .put("mota", t.mota())
                .put("id_switches", t.switches())
                .put("misses", t.misses())
                .put("false_positives", t.falsePositives())
                .put("objects", t.truths()));
        return root;
    }

    private static void score(ObjectNode node, Evaluation.Score score) {
        node.put("objects", score.truths())
                .put("detections", score.detections())
                .put("true_positives", score.right())
                .put("precision", score.precision())
                .put("recall", score.recall())
                .put("f1", score.f1())
                .put("ap50", score.ap50())
                .put("ap", score.ap());
    }
}
