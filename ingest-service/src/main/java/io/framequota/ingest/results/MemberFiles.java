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

/** Members as files of the storage folder, {@code results/JOB/CHUNK-ATTEMPT-EPOCH.gz}: no two attempts share a name. */
@Singleton
final class MemberFiles implements ResultFiles {
    private final Path storage;
    private final boolean fsync;

    MemberFiles(IngestConfig config) {
        this.storage = config.storage().toAbsolutePath();
        this.fsync = config.fsyncMembers();
    }

    /** The name that a result's member has, relative to the storage folder. */
    static String nameOf(ChunkResult result) {
        return "results/" + result.getGrant().getJob() + "/" + result.getGrant().getChunk() + "-"
                + result.getGrant().getAttempt() + "-" + result.getEpoch() + ".gz";
    }

    /** Writes a member; it is there whole or not at all. */
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

    /** Removes a member that lost, if it is there. */
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

    /** Where a member, or another file kept beside a job's members, lies. */
    Path path(String name) {
        return storage.resolve(name);
    }
}
