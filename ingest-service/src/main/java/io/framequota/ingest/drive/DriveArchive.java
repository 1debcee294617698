package io.framequota.ingest.drive;

import io.framequota.analysis.kitti.DriveFiles;
import io.framequota.common.text.PictureNames;
import io.framequota.media.archive.ZipArchive;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;

/** The files of a drive in an uploaded archive, without hidden ones. Closing it is the owner's task. */
final class DriveArchive implements DriveFiles {
    private final ZipArchive archive;
    private final Set<String> names;

    DriveArchive(ZipArchive archive) {
        this.archive = archive;
        this.names = archive.files().stream()
                .map(ZipArchive.Entry::path)
                .filter(path -> !PictureNames.isHidden(path))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public long size(String name) {
        return archive.file(name).map(ZipArchive.Entry::size).orElse(0L);
    }

    @Override
    public synchronized byte[] bytes(String name, int most) throws IOException {
        ZipArchive.Entry entry =
                archive.file(name).orElseThrow(() -> new IOException(name + ": there is no such file"));
        if (entry.size() > most) {
            throw new IOException(name + ": it has more than " + most + " bytes");
        }
        return archive.bytes(entry);
    }
}
