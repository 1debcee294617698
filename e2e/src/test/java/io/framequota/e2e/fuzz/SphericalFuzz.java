package io.framequota.e2e.fuzz;

import io.framequota.contract.frame.Projection;
import io.framequota.media.container.SphericalMetadata;
import io.framequota.media.testing.Boxes;
import java.io.IOException;
import java.util.List;

/** MP4 files into which {@code fq convert360} writes that they are 360° videos. */
final class SphericalFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "spherical metadata";
    }

    @Override
    public List<byte[]> corpus() {
        byte[] handler = Boxes.full("hdlr", 0, new byte[4], Boxes.ascii("vide"), new byte[12]);
        byte[] entry = Boxes.box("avc1", new byte[78], Boxes.box("avcC", new byte[16]));
        byte[] table = Boxes.box("stbl", Boxes.full("stsd", 0, Boxes.ints(1), entry));
        byte[] track = Boxes.box("trak", Boxes.box("mdia", handler, Boxes.box("minf", table)));
        return List.of(Boxes.all(
                Boxes.box("ftyp", Boxes.ascii("isom")),
                Boxes.box("mdat", new byte[64]),
                Boxes.box("moov", Boxes.box("mvhd", new byte[100]), track)));
    }

    @Override
    public void parse(byte[] input) throws IOException {
        for (SphericalMetadata.Version version : SphericalMetadata.Version.values()) {
            SphericalMetadata.write(file(input, "spherical.mp4"), Projection.EQUIRECT, version);
        }
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof IOException;
    }
}
