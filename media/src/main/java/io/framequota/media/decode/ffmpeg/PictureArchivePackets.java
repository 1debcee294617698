package io.framequota.media.decode.ffmpeg;

import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.media.archive.DamagedEntryException;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The pictures of an archive as packets, each the file's own bytes. All of them must have the first picture's format, JPEG or PNG: a
 * decoder is made for one. Sizes may differ.
 */
final class PictureArchivePackets implements PacketReader {
    private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

    private final PictureArchive archive;
    private final VideoInfo info;
    private final CodecParameters parameters;
    private final byte[] signature;
    private int index = -1;
    private byte[] bytes = {};
    private String irregular = "";

    private PictureArchivePackets(PictureArchive archive, VideoInfo info, CodecParameters parameters) {
        this.archive = archive;
        this.info = info;
        this.parameters = parameters;
        signature = switch (parameters.getCodec()) {
            case "mjpeg" -> JPEG;
            case "png" -> PNG;
            default -> new byte[0];
        };
    }

    /**
     * Opens an archive in front of its first picture.
     *
     * @throws SourceException when it cannot be used, or none of its pictures can
     */
    static PictureArchivePackets open(Path file, FfmpegDecoder decoder) throws SourceException, IOException {
        PictureArchive archive = PictureArchive.open(file, decoder.pictures());
        boolean opened = false;
        try {
            PictureArchivePackets packets = first(archive, decoder);
            opened = true;
            return packets;
        } finally {
            if (!opened) {
                archive.close();
            }
        }
    }

    /** Reads the first picture that can be opened. */
    private static PictureArchivePackets first(PictureArchive archive, FfmpegDecoder decoder)
            throws SourceException, IOException {
        String why = "";
        int tried = 0;
        for (int i = 0; i < archive.size(); i++) {
            if (archive.picture(i).size() == 0) {
                continue;
            }
            if (tried++ == PictureArchive.MAX_BROKEN) {
                throw archive.unusable(why, false);
            }
            try (NativeVideo open = decoder.container(archive.file(i))) {
                VideoInfo found = open.info(open.orientation());
                if (open.checkPictureSize() > 0) {
                    return new PictureArchivePackets(archive, archive.info(found), parameters(open));
                }
                why = why.isEmpty() ? archive.picture(i).path() + ": " + PictureArchive.UNREADABLE : why;
            } catch (SourceException e) {
                why = why.isEmpty() ? archive.picture(i).path() + ": " + PictureArchive.reason(e) : why;
            } catch (DamagedEntryException e) {
                why = why.isEmpty() ? String.valueOf(e.getMessage()) : why;
            }
        }
        throw archive.unusable(why.isEmpty() ? "all files are empty" : why, true);
    }

    private static CodecParameters parameters(NativeVideo open) {
        return StreamParameters.of(open.stream, true).toBuilder()
                .setTimeBaseNum(1)
                .setTimeBaseDen(PictureArchive.RATE)
                .setFrameRateNum(PictureArchive.RATE)
                .setFrameRateDen(1)
                .build();
    }

    @Override
    public VideoInfo info() {
        return info;
    }

    @Override
    public CodecParameters parameters() {
        return parameters;
    }

    @Override
    public boolean tiled() {
        return false;
    }

    @Override
    public double msPerTick() {
        return PictureArchive.MS_PER_PICTURE;
    }

    @Override
    public boolean next() {
        if (index + 1 >= archive.size()) {
            bytes = new byte[0];
            return false;
        }
        index++;
        irregular = read();
        return true;
    }

    private String read() {
        bytes = new byte[0];
        String path = archive.picture(index).path();
        if (archive.picture(index).size() == 0) {
            return path + " is empty";
        }
        if (signature.length == 0) {
            return "pictures of codec " + parameters.getCodec() + " were not tested as packets";
        }
        if (archive.picture(index).size() > FrameMeta.MAX_VALUE_BYTES) {
            return path + " has more bytes than a record holds";
        }
        try {
            bytes = archive.bytes(index);
        } catch (DamagedEntryException e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("an archive cannot be read", e);
        }
        return begins() ? "" : path + " is not a picture of the same format as the first one";
    }

    private boolean begins() {
        for (int i = 0; i < signature.length; i++) {
            if (i >= bytes.length || bytes[i] != signature[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public AccessUnit.Builder unit() {
        return AccessUnit.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(bytes))
                .setPts(index)
                .setDts(index)
                .setDuration(1)
                .setKey(true)
                .setFile(archive.picture(index).path());
    }

    @Override
    public boolean corrupt() {
        return false;
    }

    @Override
    public String irregular() {
        return irregular;
    }

    @Override
    public boolean seek(double ptsMs) {
        index = archive.indexAt(ptsMs) - 1;
        return true;
    }

    @Override
    public long readErrors() {
        return 0;
    }

    @Override
    public List<String> warnings() {
        return archive.warning().isEmpty() ? List.of() : List.of(archive.warning());
    }

    @Override
    public void close() {
        archive.close();
    }
}
