package io.framequota.ingest.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.ingest.testing.StubSourceStore;
import io.framequota.ingest.testing.TestJobs;
import io.framequota.media.decode.SourceException;
import io.framequota.media.testing.TestDrive;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DriveSourcesTest {
    private static final String LINE =
            "{\"frame\":2,\"pts_ms\":0.0,\"file\":\"2011_09_26_drive_0001_sync/image_02/data/0000000000.png\","
                    + "\"detections\":[{\"class\":\"person\",\"class_id\":0,\"score\":0.9,\"box\":[0,0,640,400]}]}\n";

    @TempDir
    Path folder;

    private final Job job = jobOf("j");

    @Test
    void linesOfADriveAreCompletedAndItsReportIsKept() throws Exception {
        TestDrive drive = TestDrive.ofWalkers(folder.resolve("day"), 2);
        drive.write();
        Path zip = zip(folder.resolve("day"));
        DriveSources drives = sources(zip);
        TestDrive.Rectangle box = drive.box("image_02", 0, 1);
        ByteString member = gzip(String.format(
                Locale.ROOT,
                "{\"frame\":5,\"pts_ms\":200.0,\"file\":\"2011_09_26_drive_0001_sync/image_02/data/0000000001.png\","
                        + "\"detections\":[{\"class\":\"person\",\"class_id\":0,\"score\":0.9,\"box\":[%f,%f,%f,%f]}]}%n",
                box.x1(),
                box.y1(),
                box.x2(),
                box.y2()));

        assertThat(drives.report("j")).isEmpty();
        assertThat(drives.problems(job, zip)).isEmpty();
        JsonNode line = new ObjectMapper().readTree(gunzip(drives.withDrive(job, member)));

        assertThat(line.path("frame").asInt()).isEqualTo(5);
        assertThat(line.path("camera").asText()).isEqualTo("image_02");
        assertThat(line.path("time_ns").asLong()).isEqualTo(TestDrive.timeNs("image_02", 1));
        double truth = drive.distance("image_02", 0, 1);
        assertThat(line.at("/detections/0/distance_m").asDouble()).isCloseTo(truth, within(0.01 * truth));
        assertThat(drives.report("j").orElseThrow().at("/skew_ms/max").asDouble())
                .isEqualTo(6.613);
        drives.close("j");
        assertThat(gunzip(drives.withDrive(job, member))).as("opened again").contains("\"camera\"");
    }

    @Test
    void otherSourcesAreLeftAsTheyAreAndSeveralDrivesRefused() throws Exception {
        Path video = Files.writeString(folder.resolve("v.mp4"), "a video");
        DriveSources drives = sources(video);
        assertThat(drives.problems(job, video)).isEmpty();
        ByteString member = gzip("{\"frame\":0,\"pts_ms\":0.0,\"detections\":[]}\n");
        assertThat(drives.withDrive(job, member)).isSameAs(member);

        TestDrive.ofWalkers(folder.resolve("days/a"), 1).write();
        TestDrive.ofWalkers(folder.resolve("days/b"), 1).write();
        Path days = zip(folder.resolve("days"));
        assertThatThrownBy(() -> sources(days).problems(job, days))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("there are 2 drives");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whileADriveIsBeingOpenedTheLinesOfOthersAreCompletedAndVideosBegin() throws Exception {
        TestDrive.ofWalkers(folder.resolve("day"), 1).write();
        Path zip = zip(folder.resolve("day"));
        CountDownLatch opening = new CountDownLatch(1);
        CompletableFuture<String> released = new CompletableFuture<>();
        DriveSources drives = sources(id -> {
            if (id.equals("slow")) {
                opening.countDown();
                released.join();
            }
            return zip;
        });
        drives.problems(job, zip);
        CompletableFuture<List<String>> slow = CompletableFuture.supplyAsync(() -> problems(drives, "slow", zip));
        try {
            assertThat(opening.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(gunzip(drives.withDrive(job, gzip(LINE)))).contains("\"camera\"");
            Path video = Files.writeString(folder.resolve("v.mp4"), "a video");
            assertThat(problems(drives, "video", video)).isEmpty();
            assertThat(slow).isNotDone();
        } finally {
            released.complete("");
        }
        assertThat(slow.get(30, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void fewDrivesStayOpen() throws Exception {
        TestDrive.ofWalkers(folder.resolve("day"), 1).write();
        Path zip = zip(folder.resolve("day"));
        DriveSources drives = sources(zip);
        List<String> ids = IntStream.range(0, 6).mapToObj(i -> "job" + i).toList();
        ids.forEach(id -> problems(drives, id, zip));

        assertThat(ids.stream().filter(drives::isOpen)).containsExactly("job2", "job3", "job4", "job5");
        drives.close("job5");
        assertThat(drives.isOpen("job5")).isFalse();
    }

    @Test
    void whatIsTooLargeOrDamagedInAnArchiveIsReported() throws Exception {
        Path drive = TestDrive.ofWalkers(folder.resolve("day"), 2).write();
        try (RandomAccessFile scan = new RandomAccessFile(
                drive.resolve("velodyne_points/data/0000000000.bin").toFile(), "rw")) {
            scan.setLength((8 << 20) + 16);
        }
        Path zip = zip(folder.resolve("day"));
        // The texts in it are not compressed: a time that is another one than when the archive was made.
        String bytes = Files.readString(zip, StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains(".900480000");
        Files.writeString(zip, bytes.replace(".900480000", ".900480001"), StandardCharsets.ISO_8859_1);
        DriveSources drives = sources(zip);

        assertThat(drives.problems(job, zip))
                .containsExactly(
                        "image_02/timestamps.txt: it is damaged, or larger than 4 MiB, and not used",
                        "image_02/timestamps.txt: no time for 2 of 2 pictures: 0-1",
                        "velodyne_points: 1 scan is larger than 8 MiB, and not used: 0",
                        "velodyne_points: 1 pictures of a camera have no scan, so their detections have no distance: 0");
        assertThat(gunzip(drives.withDrive(job, gzip(LINE))))
                .contains("\"camera\"")
                .doesNotContain("distance_m");
    }

    @Test
    void whatMacOsAddsIsNoDrive() throws Exception {
        Path drive = TestDrive.ofWalkers(folder.resolve("day"), 1).write();
        Path shadows =
                Files.createDirectories(folder.resolve("day/__MACOSX").resolve(drive.getFileName() + "/image_00/data"));
        Files.writeString(shadows.resolve("._0000000000.png"), "x");
        Files.writeString(drive.resolve("image_00/data/.DS_Store"), "x");

        Path zip = zip(folder.resolve("day"));
        assertThat(sources(zip).problems(job, zip)).isEmpty();
    }

    private static List<String> problems(DriveSources drives, String id, Path source) {
        try {
            return drives.problems(jobOf(id), source);
        } catch (SourceException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Job jobOf(String id) {
        return TestJobs.job(TestJobs.spec(id, ModelCard.getDefaultInstance(), 1), TestJobs.progress(true, 1, 0));
    }

    private DriveSources sources(Path source) {
        return sources(id -> source);
    }

    private DriveSources sources(Function<String, Path> source) {
        IngestConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(IngestConfig.class)
                .withDefaultValue("framequota.control-token", "a-token-of-this-test")
                .withDefaultValue(
                        "framequota.storage", folder.resolve("storage").toString())
                .build()
                .getConfigMapping(IngestConfig.class);
        return new DriveSources(
                new StubSourceStore() {
                    @Override
                    public Path resolve(String input, String id, BooleanSupplier stopped) {
                        return source.apply(id);
                    }
                },
                new MemberFiles(config));
    }

    private Path zip(Path from) throws IOException {
        Path zip = folder.resolve(from.getFileName() + ".zip");
        try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.walk(from)) {
            // What is stored as it is can be found in the archive.
            entries.setLevel(Deflater.NO_COMPRESSION);
            List<Path> all = files.filter(Files::isRegularFile).toList();
            for (Path file : all) {
                entries.putNextEntry(new ZipEntry(from.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return zip;
    }

    private static ByteString gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private static String gunzip(ByteString member) throws IOException {
        return new String(new GZIPInputStream(member.newInput()).readAllBytes(), StandardCharsets.UTF_8);
    }
}
