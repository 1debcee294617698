package io.framequota.analysis.kitti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts of a real drive, which are not the project's; its pictures are empty files. */
class RealDriveTest {
    private static final Path DAY = Path.of(System.getenv().getOrDefault("FRAMEQUOTA_SHARED", "../../shared"))
            .resolve("kitti/2011_09_26");
    private static final String DRIVE = "2011_09_26_drive_0001_sync";

    @TempDir
    Path copy;

    @Test
    void rateSkewPositionAndCalibrationAreThoseOfTheDrive() throws Exception {
        assumeTrue(Files.isDirectory(DAY), () -> "skipped: no " + DAY);
        try (var files = Files.walk(DAY)) {
            for (Path file : files.toList()) {
                Path to = copy.resolve(DAY.relativize(file).toString());
                if (!Files.isDirectory(file)) {
                    Files.createDirectories(to.getParent());
                    Files.copy(file, to);
                }
            }
        }
        for (String camera : DriveLayout.CAMERAS) {
            Path data = Files.createDirectories(copy.resolve(DRIVE + "/" + camera + "/data"));
            for (int i = 0; i < 108; i++) {
                Files.createFile(data.resolve(String.format(Locale.ROOT, "%010d.png", i)));
            }
        }

        Drive drive =
                Drive.open(DriveFolder.in(copy.resolve(DRIVE)).orElseThrow()).orElseThrow();

        DriveReport report = DriveReport.of(drive);
        System.out.println(report.toJson());
        assertThat(report.sensors().subList(0, 4))
                .allSatisfy(s -> assertThat(s.rateHz()).isCloseTo(9.7, within(0.05)));
        assertThat(report.skewMaxMs()).isBetween(8.0, 10.0);
        Drive.Frame first = drive.frames().getFirst();
        assertThat(first.timeNs()).isEqualTo(1_317_042_145_967_790_592L);
        Oxts oxts = drive.oxtsOf(first).orElseThrow();
        assertThat(oxts.heading()).isCloseTo(239.5, within(0.1));
        assertThat(oxts.speed()).isCloseTo(13.17, within(0.01));
        // What P_rect_02 * R_rect_00 * Tr_velo_cam gives for a point 10 m ahead of the scanner, computed apart.
        Calibration.Seen seen = drive.calibration().orElseThrow().see("image_02", 10, 1, -1);
        assertThat(seen.u()).isCloseTo(540.5229, within(1e-3));
        assertThat(seen.v()).isCloseTo(250.0192, within(1e-3));
        assertThat(seen.distance()).isCloseTo(9.8193, within(1e-3));
    }
}
