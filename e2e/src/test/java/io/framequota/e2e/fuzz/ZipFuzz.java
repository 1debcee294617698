package io.framequota.e2e.fuzz;

import io.framequota.media.archive.ArchiveLimits;
import io.framequota.media.archive.ZipArchive;
import io.framequota.media.decode.SourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Zip archives of pictures and drives. */
final class ZipFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "zip archives";
    }

    @Override
    public List<byte[]> corpus() throws IOException {
        return List.of(archive(false), archive(true));
    }

    private static byte[] archive(boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < 5; i++) {
                byte[] content = ("picture " + i).repeat(20).getBytes(StandardCharsets.UTF_8);
                ZipEntry entry = new ZipEntry("day/image_02/data/000000000" + i + ".png");
                if (stored) {
                    CRC32 crc = new CRC32();
                    crc.update(content);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
            zip.setComment("a comment");
        }
        return bytes.toByteArray();
    }

    @Override
    public void parse(byte[] input) throws IOException, SourceException {
        try (ZipArchive archive = ZipArchive.open(file(input, "archive.zip"), ArchiveLimits.DEFAULT)) {
            for (ZipArchive.Entry entry : archive.files()) {
                if (entry.size() < 1 << 20) {
                    archive.bytes(entry);
                }
            }
        }
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof SourceException || error instanceof IOException;
    }
}
