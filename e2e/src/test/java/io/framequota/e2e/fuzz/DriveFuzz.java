package io.framequota.e2e.fuzz;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.framequota.analysis.kitti.Drive;
import io.framequota.analysis.kitti.DriveFiles;
import io.framequota.analysis.kitti.DriveLines;
import io.framequota.analysis.kitti.DriveTimes;
import io.framequota.analysis.kitti.InvalidDriveException;
import io.framequota.media.testing.TestDrive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * KITTI drives: names, times, positions, calibration, laser scans and annotations. An input is a sequence of files, each after a line
 * {@code @@NAME}.
 */
final class DriveFuzz implements FuzzTarget {
    private static final String MARK = "@@";
    private static final int LARGEST = 4_000;

    @Override
    public String name() {
        return "KITTI drives";
    }

    @Override
    public List<byte[]> corpus() throws IOException {
        Path day = Files.createTempDirectory("fuzz-drive");
        TestDrive.ofWalkers(day, 2).write();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (Stream<Path> all = Files.walk(day)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                whole.writeBytes((MARK + day.relativize(file) + "\n").getBytes(StandardCharsets.UTF_8));
                // Of pictures only the name counts here, and of a scan some points are enough.
                byte[] bytes = file.toString().endsWith(".png") ? new byte[] {1} : Files.readAllBytes(file);
                whole.write(bytes, 0, Math.min(bytes.length, LARGEST));
                whole.write('\n');
            }
        }
        return List.of(whole.toByteArray());
    }

    @Override
    public void parse(byte[] input) throws IOException, InvalidDriveException {
        Drive drive = Drive.open(files(input)).orElse(null);
        if (drive == null) {
            return;
        }
        DriveTimes.of(drive);
        DriveLines lines = new DriveLines(drive);
        for (Drive.Frame frame : drive.frames()) {
            drive.scanOf(frame);
            drive.oxtsOf(frame);
            lines.with(JsonNodeFactory.instance.objectNode().put("file", frame.file()));
        }
        drive.tracklets();
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof InvalidDriveException || error instanceof IOException;
    }

    private static DriveFiles files(byte[] input) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        // Latin text, so that bytes stay as they are.
        for (String part : new String(input, StandardCharsets.ISO_8859_1).split(MARK, 2_000)) {
            int line = part.indexOf('\n');
            if (line > 0) {
                String body = part.substring(line + 1);
                files.put(
                        part.substring(0, line),
                        body.substring(0, Math.max(0, body.length() - 1)).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return new DriveFiles() {
            @Override
            public Set<String> names() {
                return files.keySet();
            }

            @Override
            public long size(String name) {
                return files.getOrDefault(name, new byte[0]).length;
            }

            @Override
            public byte[] bytes(String name, int most) throws IOException {
                byte[] bytes = files.get(name);
                if (bytes == null || bytes.length > most) {
                    throw new IOException(name + " is missing or too large");
                }
                return bytes;
            }
        };
    }
}
