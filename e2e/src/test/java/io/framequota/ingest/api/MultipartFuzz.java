package io.framequota.ingest.api;

import io.framequota.e2e.fuzz.FuzzTarget;
import io.framequota.ingest.failure.RejectedRequestException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Uploads: the first line of an input is the request's Content-Type, the rest its body. */
public final class MultipartFuzz implements FuzzTarget {
    private static final String UPLOAD = """
            multipart/form-data; boundary="XyZ"
            --XyZ\r
            Content-Disposition: form-data; name="model"\r
            \r
            people\r
            --XyZ\r
            content-disposition: form-data; name=file; filename="a \\"b\\".mp4"\r
            Content-Type: video/mp4\r
            \r
            \r
            --XyY\r
            --Xy\r
            bytes of a video\r
            --XyZ--\r
            """;

    @Override
    public String name() {
        return "HTTP multipart";
    }

    @Override
    public List<byte[]> corpus() {
        return List.of(UPLOAD.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void parse(byte[] input) throws IOException {
        int line = 0;
        while (line < input.length && input[line] != '\n') {
            line++;
        }
        String type = new String(input, 0, line, StandardCharsets.ISO_8859_1);
        int body = Math.min(input.length, line + 1);
        MultipartReader parts = MultipartReader.of(new ByteArrayInputStream(input, body, input.length - body), type);
        for (Optional<MultipartReader.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
            if (part.get().fileName() == null) {
                parts.text(part.get());
            } else {
                part.get().body().readAllBytes();
            }
        }
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof RejectedRequestException || error instanceof IOException;
    }
}
