package io.framequota.ingest.drive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.framequota.analysis.kitti.Drive;
import io.framequota.analysis.kitti.DriveLines;
import io.framequota.analysis.kitti.DriveReport;
import io.framequota.analysis.kitti.DriveTimes;
import io.framequota.analysis.kitti.InvalidDriveException;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.media.archive.ArchiveLimits;
import io.framequota.media.archive.ArchiveMemory;
import io.framequota.media.archive.ZipArchive;
import io.framequota.media.decode.SourceException;
import jakarta.inject.Singleton;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The sources of jobs that are KITTI drives. Of the drives that are worked on, the four used last stay open; times and
 * positions are held, scans are read one at a time. Safe for use by many threads; a job waits for its own drive only.
 */
@Singleton
public final class DriveSources {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Open drives. An archive of 100,000 files takes tens of megabytes while it is open. */
    static final int MOST_OPEN = 4;

    private record Opened(ZipArchive archive, Drive drive, DriveLines lines) {}

    private final SourceStore sources;
    private final MemberFiles files;
    /** Held while a drive is looked into for the first time: of many jobs that begin together, one opens its drive at a time. */
    private final ReentrantLock first = new ReentrantLock();
    /** A job's lock is chosen by its id. Who opens, reads or closes its drive holds it. */
    private final ReentrantLock[] locks = new ReentrantLock[64];
    /** In order of use. Guarded by itself. */
    private final Map<String, Opened> opened = new LinkedHashMap<>(2 * MOST_OPEN, 0.75f, true);

    DriveSources(SourceStore sources, MemberFiles files) {
        this.sources = sources;
        this.files = files;
        Arrays.setAll(locks, i -> new ReentrantLock());
        ArchiveMemory.OF_PROCESS.onShortage(() -> closeIdle(""));
    }

    /**
     * Looks into a job's source, and stores the report on it if it is a drive.
     *
     * @param source the job's file
     * @return what is missing or damaged in the drive, one line each for people; empty for other sources
     * @throws SourceException if the source holds several drives, or cannot be read
     */
    public List<String> problems(Job job, Path source) throws SourceException, InterruptedException {
        try {
            // Videos do not wait for drives.
            if (!ZipArchive.isZip(source)) {
                return List.of();
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        first.lockInterruptibly();
        try {
            return reported(job);
        } finally {
            first.unlock();
        }
    }

    private List<String> reported(Job job) throws SourceException, InterruptedException {
        ReentrantLock lock = lockOf(job.id());
        lock.lockInterruptibly();
        try {
            Optional<Opened> source = of(job);
            if (source.isEmpty()) {
                return List.of();
            }
            Drive drive = source.get().drive();
            files.write(
                    reportName(job.id()),
                    ByteString.copyFromUtf8(DriveReport.of(drive).toJson().toString()));
            return drive.problems();
        } catch (IOException e) {
            throw unreadable(e);
        } finally {
            lock.unlock();
        }
    }

    private static SourceException unreadable(IOException e) {
        return new SourceException("the drive cannot be read: " + MessageSanitizer.describe(e), e);
    }

    /** The report on a job's drive; empty for other sources and before the job was begun. */
    public Optional<JsonNode> report(String job) {
        Path file = files.path(reportName(job));
        try {
            return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * When the pictures of a job's drive are shown; {@link DriveTimes#NONE} for other sources.
     *
     * @throws SourceException if the source is no longer there
     */
    public DriveTimes times(Job job) throws SourceException, IOException, InterruptedException {
        if (!Files.exists(files.path(reportName(job.id())))) {
            return DriveTimes.NONE;
        }
        ReentrantLock lock = lockOf(job.id());
        lock.lockInterruptibly();
        try {
            return of(job).map(opened -> DriveTimes.of(opened.drive())).orElse(DriveTimes.NONE);
        } finally {
            lock.unlock();
            if (job.ended()) {
                close(job.id());
            }
        }
    }

    /**
     * The member of a result, with what the drive says about each line; the member itself if the job's source is no drive.
     *
     * @throws SourceException if the source is no longer there
     */
    public ByteString withDrive(Job job, ByteString member) throws SourceException, IOException, InterruptedException {
        // Other sources need not be there any more.
        if (!Files.exists(files.path(reportName(job.id())))) {
            return member;
        }
        ReentrantLock lock = lockOf(job.id());
        lock.lockInterruptibly();
        try {
            Optional<Opened> source = of(job);
            return source.isEmpty() ? member : completed(source.get().lines(), member);
        } finally {
            lock.unlock();
            // Whoever waits to open an archive may be what this job waits for.
            if (ArchiveMemory.OF_PROCESS.isShort()) {
                closeIdle("");
            }
        }
    }

    private static ByteString completed(DriveLines lines, ByteString member) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(member.newInput()), StandardCharsets.UTF_8));
                OutputStream out = new GZIPOutputStream(bytes)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                JsonNode line = JSON.readTree(text);
                JsonNode whole = line instanceof ObjectNode frame ? lines.with(frame) : line;
                out.write(JSON.writeValueAsString(whole).getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
        }
        return bytes.toByteString();
    }

    /** Whether a job's drive is open. */
    public boolean isOpen(String job) {
        synchronized (opened) {
            return opened.containsKey(job);
        }
    }

    /** Closes a job's drive, if it is open and as soon as nobody reads it: the job has ended. Whoever still needs it opens it again. */
    public void close(String job) {
        if (!isOpen(job)) {
            return;
        }
        ReentrantLock lock = lockOf(job);
        lock.lock();
        try {
            Opened closed;
            synchronized (opened) {
                closed = opened.remove(job);
            }
            if (closed != null) {
                closed.archive().close();
            }
        } finally {
            lock.unlock();
        }
    }

    private ReentrantLock lockOf(String job) {
        return locks[Math.floorMod(job.hashCode(), locks.length)];
    }

    private Optional<Opened> of(Job job) throws SourceException, IOException, InterruptedException {
        synchronized (opened) {
            Opened known = opened.get(job.id());
            if (known != null) {
                return Optional.of(known);
            }
        }
        Path file = sources.resolve(job.spec().input(), job.id(), () -> false);
        Optional<Opened> made = ZipArchive.isZip(file) ? open(file) : Optional.empty();
        made.ifPresent(m -> keep(job.id(), m));
        return made;
    }

    private void keep(String job, Opened drive) {
        synchronized (opened) {
            opened.put(job, drive);
            closeDownTo(MOST_OPEN, job);
        }
        if (ArchiveMemory.OF_PROCESS.isShort()) {
            closeIdle(job);
        }
    }

    /** Closes all drives but one that nobody reads at the moment. */
    private void closeIdle(String except) {
        synchronized (opened) {
            closeDownTo(0, except);
        }
    }

    /** Those that are being read stay open. */
    private void closeDownTo(int most, String except) {
        Iterator<Map.Entry<String, Opened>> eldest = opened.entrySet().iterator();
        while (opened.size() > most && eldest.hasNext()) {
            Map.Entry<String, Opened> other = eldest.next();
            ReentrantLock lock = lockOf(other.getKey());
            // A lock that this thread holds is that of the drive it works on, or of one whose id falls on the same
            // lock.
            if (!other.getKey().equals(except) && !lock.isHeldByCurrentThread() && lock.tryLock()) {
                try {
                    other.getValue().archive().close();
                    eldest.remove();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private static Optional<Opened> open(Path file) throws SourceException, IOException {
        // Results are committed by one thread, on which everybody waits: it does not wait for others.
        ZipArchive archive =
                ZipArchive.open(file, ArchiveLimits.DEFAULT, ArchiveMemory.OF_PROCESS, ZipArchive.Waiting.NEVER);
        Optional<Drive> drive = Optional.empty();
        try {
            drive = Drive.open(new DriveArchive(archive));
        } catch (InvalidDriveException e) {
            throw SourceException.permanent(String.valueOf(e.getMessage()));
        } finally {
            if (drive.isEmpty()) {
                archive.close();
            }
        }
        return drive.map(d -> new Opened(archive, d, new DriveLines(d)));
    }

    private static String reportName(String job) {
        return "results/" + job + "/drive.json";
    }
}
