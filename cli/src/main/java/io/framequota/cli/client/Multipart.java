package io.framequota.cli.client;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** A multipart/form-data body that is read from its file while it is sent. */
final class Multipart {
    private final String boundary = "framequota-" + UUID.randomUUID();
    private final List<Map.Entry<String, String>> fields;
    private final Path file;

    /** Fields come first, so that the server knows them when the file begins. */
    Multipart(List<Map.Entry<String, String>> fields, Path file) {
        this.fields = fields;
        this.file = file;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BodyPublisher body() throws FileNotFoundException {
        StringBuilder head = new StringBuilder();
        for (Map.Entry<String, String> field : fields) {
            head.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
            head.append(quoted(field.getKey()))
                    .append("\"\r\n\r\n")
                    .append(field.getValue())
                    .append("\r\n");
        }
        String name = Objects.requireNonNull(file.getFileName()).toString();
        head.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"file\"; filename=\"");
        head.append(quoted(name)).append("\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        return BodyPublishers.concat(
                BodyPublishers.ofString(head.toString(), StandardCharsets.UTF_8),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n", StandardCharsets.UTF_8));
    }

    private static String quoted(String text) {
        return text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
    }
}
