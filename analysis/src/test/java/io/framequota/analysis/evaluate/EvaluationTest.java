package io.framequota.analysis.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.result.InvalidResultException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final Box A = new Box(0, 0, 100, 100);
    private static final Box B = new Box(200, 0, 300, 100);
    private static final Box C = new Box(400, 0, 500, 100);

    @Test
    void averagePrecisionIsTheHandCalculation() {
        // Three cars. In order of score: right, wrong, right; one is missed. Precision 1, 1/2, 2/3; recall 1/3, 1/3,
        // 2/3.
        Truth truth =
                new Truth(Map.of(at(0), List.of(there("car", A), there("car", B)), at(1), List.of(there("car", C))));
        Evaluation evaluation = Evaluation.of(
                Map.of(
                        at(0),
                        List.of(found("car", 0.9, A), found("car", 0.8, C)),
                        at(1),
                        List.of(found("car", 0.7, C))),
                truth,
                0.5);

        Evaluation.Score car = evaluation.classes().get("car");
        assertThat(car.truths()).isEqualTo(3);
        assertThat(car.right()).isEqualTo(2);
        assertThat(car.precision()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(car.recall()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(car.f1()).isCloseTo(2.0 / 3, within(1e-12));
        // Recalls 0 to 0.33 (34 of them) at precision 1, 0.34 to 0.66 (33) at 2/3, the other 34 at 0.
        assertThat(car.ap50()).isCloseTo((34 + 33 * 2.0 / 3) / 101, within(1e-12));
        assertThat(car.ap()).isCloseTo((34 + 33 * 2.0 / 3) / 101, within(1e-12));
    }

    @Test
    void overlapDecidesFromWhichIouOnADetectionIsRight() {
        // IoU of 100x100 and the same moved by 20: 80 / 120 = 0.667: right at 0.5 to 0.65, wrong from 0.7 on.
        Truth truth = new Truth(Map.of(at(0), List.of(there("car", A))));
        Evaluation evaluation =
                Evaluation.of(Map.of(at(0), List.of(found("car", 0.9, new Box(20, 0, 120, 100)))), truth, 0.5);

        assertThat(evaluation.all().ap50()).isEqualTo(1);
        assertThat(evaluation.all().ap()).isCloseTo(0.4, within(1e-12));
    }

    @Test
    void anObjectIsFoundOnceAndClassesAreNotMixed() {
        Truth truth = new Truth(Map.of(at(0), List.of(there("car", A), there("bus", B))));
        Evaluation evaluation = Evaluation.of(
                Map.of(at(0), List.of(found("car", 0.9, A), found("car", 0.8, A), found("car", 0.7, B))), truth, 0.5);

        assertThat(evaluation.classes().get("car").right()).isEqualTo(1);
        assertThat(evaluation.classes().get("car").detections()).isEqualTo(3);
        assertThat(evaluation.classes().get("bus").recall()).isZero();
        assertThat(evaluation.classes().get("bus").precision()).isNull();
        assertThat(evaluation.all().ap50()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void whatMatchesAnIgnoredObjectCountsAsNothing() {
        Truth truth = new Truth(
                Map.of(at(0), List.of(there("car", A), new TruthObject("car", B, OptionalLong.empty(), true))));
        Evaluation evaluation =
                Evaluation.of(Map.of(at(0), List.of(found("car", 0.9, A), found("car", 0.8, B))), truth, 0.5);

        assertThat(evaluation.all().truths()).isEqualTo(1);
        assertThat(evaluation.all().detections()).isEqualTo(1);
        assertThat(evaluation.all().precision()).isEqualTo(1);
    }

    @Test
    void whatTheTruthDoesNotAnnotateIsLeftOutAndCounted() {
        Truth truth = new Truth(Map.of(at(0), List.of(there("car", A))), Set.of("car", "person"));
        Evaluation evaluation = Evaluation.of(
                Map.of(at(0), List.of(found("car", 0.9, A), found("person", 0.8, B), found("dog", 0.7, C))),
                truth,
                0.5);

        assertThat(evaluation.classes()).containsOnlyKeys("car", "person");
        assertThat(evaluation.all().detections()).isEqualTo(2);
        assertThat(evaluation.otherClasses()).isEqualTo(1);
    }

    @Test
    void motaLeavesOutWhatIsIgnoredOrNotAnnotated() {
        Truth truth = new Truth(
                Map.of(at(0), List.of(there("car", A, 1), new TruthObject("car", B, OptionalLong.empty(), true))),
                Set.of("car", "bus"));
        TrackEvaluation evaluation = TrackEvaluation.of(
                        Map.of(
                                at(0),
                                List.of(
                                        tracked("car", A, 7),
                                        tracked("car", new Box(220, 0, 280, 50), 8),
                                        tracked("dog", C, 9),
                                        tracked("bus", B, 10),
                                        tracked("car", C, 11))),
                        truth,
                        0.5)
                .orElseThrow();

        // The bus and the last car are wrong.
        assertThat(evaluation).isEqualTo(new TrackEvaluation(1, 0, 2, 0));
    }

    @Test
    void onlyFramesThatBothHaveAreCompared() {
        Truth truth = new Truth(Map.of(at(0), List.of(there("car", A)), at(1), List.of(there("car", A))));
        Evaluation evaluation = Evaluation.of(
                Map.of(at(0), List.of(found("car", 0.9, A)), at(7), List.of(found("car", 0.9, A))), truth, 0.5);

        assertThat(evaluation.frames()).isEqualTo(1);
        assertThat(evaluation.unannotated()).isEqualTo(1);
        assertThat(evaluation.missing()).isEqualTo(1);
        assertThat(evaluation.all().f1()).isEqualTo(1);
    }

    @Test
    void motaCountsMissesFalseAlarmsAndSwitches() {
        Truth truth = new Truth(Map.of(
                at(0), List.of(there("car", A, 1), there("car", B, 2)),
                at(1), List.of(there("car", A, 1), there("car", B, 2)),
                at(2), List.of(there("car", A, 1))));
        TrackEvaluation evaluation = TrackEvaluation.of(
                        Map.of(
                                at(0), List.of(tracked("car", A, 7), tracked("car", B, 8)),
                                at(1), List.of(tracked("car", A, 8), tracked("car", C, 9)),
                                at(2), List.of(tracked("car", A, 8))),
                        truth,
                        0.5)
                .orElseThrow();

        assertThat(evaluation).isEqualTo(new TrackEvaluation(5, 1, 1, 1));
        assertThat(evaluation.mota()).isCloseTo(1 - 3.0 / 5, within(1e-12));
    }

    @Test
    void withoutTracksThereIsNothingToSayOfThem() {
        Truth truth = new Truth(Map.of(at(0), List.of(there("car", A))));

        assertThat(TrackEvaluation.of(Map.of(at(0), List.of(tracked("car", A, 1))), truth, 0.5))
                .isEmpty();
    }

    @Test
    void truthsAreReadFromCocoResultsAndTheSamplesTruth() throws Exception {
        Truth coco = read("""
                {"images":[{"id":3},{"id":4}],"categories":[{"id":1,"name":"car"}],"annotations":
                [{"image_id":3,"category_id":1,"bbox":[0,0,100,100],"iscrowd":0,"track_id":5}]}""");
        Truth result = Truth.read(new ByteArrayInputStream(gzip("""
                        {"frame":3,"pts_ms":0.0,"detections":[{"class":"car","class_id":0,"score":0.9,"box":[0,0,100,100],"track":5}]}
                        {"frame":4,"pts_ms":40.0,"detections":[]}
                        {"gap":{"from":5,"to":6,"reason":"dropped"}}
                        {"frame":7,"pts_ms":0.0,"error":"broken","detections":[]}
                        """)), "r.jsonl.gz");
        Truth sample = read("[\n{\"frame\":0,\"boxes\":[{\"box\":[0,0,100,100],\"visible\":0.5}]}]");

        assertThat(coco.frames()).isEqualTo(result.frames());
        assertThat(coco.annotates("bus")).isFalse();
        assertThat(result.annotates("bus")).isTrue();
        assertThat(coco.frames().keySet()).containsExactlyInAnyOrder(at(3), at(4));
        assertThat(sample.frames().get(at(0))).containsExactly(there("person", A));
    }

    @Test
    void badTruthsSayWhereAndWhat() {
        bad("{\"a\":1}", "truth.json: a COCO file has");
        bad("{\"images\":[],\"annotations\":[{\"image_id\":1}]}", "annotation 0: its image");
        bad(
                "{\"images\":[{\"id\":18446744073709551617}],\"annotations\":[]}",
                "image: its \"id\" is 18446744073709551617");
        bad(
                "{\"images\":[{\"id\":1}],\"categories\":[{\"id\":1,\"name\":\"c\"}],\"annotations\":"
                        + "[{\"image_id\":1,\"category_id\":1,\"bbox\":[1,2]}]}",
                "a list of four numbers");
        bad("[{\"frame\":0", "this is not JSON");
        bad("hello", "line 1: this is not a JSON object");
        bad("{\"frame\":-1}", "line 1: \"frame\" must be");
    }

    private static void bad(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidResultException.class)
                .hasMessageContaining(message);
    }

    private static Truth read(String text) throws IOException, InvalidResultException {
        return Truth.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "truth.json");
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static FrameKey at(long frame) {
        return new FrameKey("", frame);
    }

    private static TruthObject there(String label, Box box) {
        return new TruthObject(label, box, OptionalLong.empty(), false);
    }

    private static TruthObject there(String label, Box box, long track) {
        return new TruthObject(label, box, OptionalLong.of(track), false);
    }

    private static DetectedObject found(String label, double score, Box box) {
        return new DetectedObject(label, score, box, OptionalLong.empty());
    }

    private static DetectedObject tracked(String label, Box box, long track) {
        return new DetectedObject(label, 0.9, box, OptionalLong.of(track));
    }
}
