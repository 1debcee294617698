package io.framequota.client;

import io.framequota.common.text.FileNames;
import java.io.FilterInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import org.jspecify.annotations.Nullable;

/** The upload of a folder of pictures as an archive. */
final class FolderUpload implements Upload {
    private final Source.LocalFolder folder;
    private final SourceReading reading = new SourceReading();
    private @Nullable StoredZipStream archive;

    FolderUpload(Source.LocalFolder folder) {
        this.folder = folder;
    }

    @Override
    public String text() {
        return folder.text();
    }

    @Override
    public String fileName() {
        return FileNames.shown(folder.name()) + ".zip";
    }

    @Override
    public BodyPublisher body() {
        StoredZipStream made = new StoredZipStream(
                PictureFolder.files(folder.text(), folder.path()).iterator());
        archive = made;
        return BodyPublishers.ofInputStream(() -> new Reading(made));
    }

    @Override
    public boolean stop() {
        return reading.stop();
    }

    @Override
    public void check() {
        reading.check(folder.text());
    }

    @Override
    public void close() {
        StoredZipStream made = archive;
        if (made != null) {
            try {
                made.close();
            } catch (IOException e) {
                // Nothing was written to it.
            }
        }
    }

    /** Keeps what went wrong with the folder's files. */
    private final class Reading extends FilterInputStream {
        private final StoredZipStream made;

        Reading(StoredZipStream made) {
            super(made);
            this.made = made;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return reading.next(() -> made.read(bytes, offset, length), () -> made.reading() + ": ");
        }
    }
}
