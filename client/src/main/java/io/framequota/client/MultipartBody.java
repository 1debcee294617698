package io.framequota.client;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A multipart/form-data body with a file that is read while it is sent. */
final class MultipartBody {
    private final String boundary = "framequota-" + UUID.randomUUID();
    private final List<Map.Entry<String, String>> fields;
    private final String fileName;
    private final BodyPublisher file;

    /** Creates a body in which the fields precede the file, so that the server knows them when the file begins. */
    MultipartBody(List<Map.Entry<String, String>> fields, String fileName, BodyPublisher file) {
        this.fields = fields;
        this.fileName = fileName;
        this.file = file;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BodyPublisher body() {
        StringBuilder head = new StringBuilder();
        for (Map.Entry<String, String> field : fields) {
            head.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
            head.append(quoted(field.getKey()))
                    .append("\"\r\n\r\n")
                    .append(field.getValue())
                    .append("\r\n");
        }
        head.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"file\"; filename=\"");
        head.append(quoted(fileName)).append("\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        return BodyPublishers.concat(
                BodyPublishers.ofString(head.toString(), StandardCharsets.UTF_8),
                file,
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n", StandardCharsets.UTF_8));
    }

    private static String quoted(String text) {
        return text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
    }
}
