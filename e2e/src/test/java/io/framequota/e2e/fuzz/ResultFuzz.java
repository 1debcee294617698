package io.framequota.e2e.fuzz;

import io.framequota.analysis.result.InvalidResultException;
import io.framequota.analysis.result.ResultReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Results that {@code fq track}, {@code fq evaluate} and the formats read. */
final class ResultFuzz implements FuzzTarget {
    private static final String LINES = """
            {"job":"j","frame":0,"ms":0.0,"width":640,"height":360,"objects":[{"class":"person","score":0.91,"box":[10.5,20,40.25,100]}]}
            {"job":"j","frame":1,"ms":33.3,"width":640,"height":360,"camera":"image_02","objects":[]}
            {"job":"j","frame":2,"ms":66.7,"error":"the frame is damaged"}
            {"gap":{"from":3,"to":9,"reason":"late"}}
            """;

    @Override
    public String name() {
        return "results";
    }

    @Override
    public List<byte[]> corpus() throws IOException {
        byte[] plain = LINES.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return List.of(plain, plain, packed.toByteArray());
    }

    @Override
    public void parse(byte[] input) throws IOException, InvalidResultException {
        try (ResultReader reader = new ResultReader(new ByteArrayInputStream(input), "result.jsonl")) {
            while (reader.next() != null) {
                // To the end.
            }
        }
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof InvalidResultException || error instanceof IOException;
    }
}
