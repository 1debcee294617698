package io.framequota.ingest.store.files;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.config.IngestConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/** The members of results in the storage folder, {@code results/JOB/CHUNK-ATTEMPT-EPOCH.gz}. No two attempts share a name. */
@Singleton
public final class MemberFiles {
    private final Path storage;
    private final boolean fsync;

    public MemberFiles(IngestConfig config) {
        this.storage = config.storage().toAbsolutePath();
        this.fsync = config.fsyncMembers();
    }

    /** The name of the folder that a job's result is in, relative to the storage folder. */
    public static String folderOf(String job) {
        return "results/" + job;
    }

    /** The name of a result's member, relative to the storage folder. */
    public static String nameOf(ChunkResult result) {
        return folderOf(result.getGrant().getJob()) + "/" + result.getGrant().getChunk() + "-"
                + result.getGrant().getAttempt() + "-" + result.getEpoch() + ".gz";
    }

    /** The name of the member of a live result's window. */
    public static String nameOf(String job, int window) {
        return folderOf(job) + "/" + window + ".gz";
    }

    /** The name of the member that stands for the windows of a live result up to one. */
    public static String nameOfExpired(String job, int lastWindow) {
        return folderOf(job) + "/" + lastWindow + "-expired.gz";
    }

    /** Text as the content of a member. */
    public static ByteString gzip(CharSequence text) {
        ByteString.Output bytes = ByteString.newOutput();
        try (Writer out = new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
            out.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteString();
    }

    /** Writes a member. The file is there completely or not at all. */
    public void write(String name, ByteString member) throws IOException {
        Path file = path(name);
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (var buffer : member.asReadOnlyByteBufferList()) {
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
            if (fsync) {
                out.force(true);
            }
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes a member, if it exists. */
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    /** Deletes everything that is kept of a job's result. */
    public void deleteAll(String job) throws IOException {
        FileTrees.delete(path(folderOf(job)));
    }

    /** The path of a member, or of another file that is kept beside a job's members. */
    public Path path(String name) {
        return storage.resolve(name);
    }
}
