package io.framequota.ingest.results;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.store.ResultFiles;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Keeps members as files {@code results/JOB/CHUNK-ATTEMPT-EPOCH.gz} of the storage folder, so no two attempts share a name. */
@Singleton
final class MemberFiles implements ResultFiles {
    private final Path storage;
    private final boolean fsync;

    MemberFiles(IngestConfig config) {
        this.storage = config.storage().toAbsolutePath();
        this.fsync = config.fsyncMembers();
    }

    /** Name of the member of a result, relative to the storage folder. */
    static String nameOf(ChunkResult result) {
        return "results/" + result.getGrant().getJob() + "/" + result.getGrant().getChunk() + "-"
                + result.getGrant().getAttempt() + "-" + result.getEpoch() + ".gz";
    }

    /** Writes a member; the file exists only once it is complete. */
    void write(String name, ByteString member) throws IOException {
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

    /** Removes the member of an attempt that lost, if it exists. */
    void remove(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    @Override
    public void discard(String job) {
        Path folder = path("results/" + job);
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Path of a member, or of another file in the folder of a job's members. */
    Path path(String name) {
        return storage.resolve(name);
    }
}
