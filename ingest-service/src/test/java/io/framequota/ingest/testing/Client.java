package io.framequota.ingest.testing;

import static io.restassured.RestAssured.given;

import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;

/** Requests that several tests of the API send. */
public final class Client {
    private Client() {}

    /** A request that uploads a scripted video with this number of frames. */
    public static RequestSpecification video(int frames) {
        return given().multiPart("file", "v.mp4", ("frames=" + frames).getBytes(StandardCharsets.UTF_8));
    }

    /** Submits a scripted video with this number of frames. */
    public static String submit(int frames) {
        return video(frames)
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .extract()
                .path("job");
    }

    /** Cancels every open job. */
    public static void cancelAll() {
        for (String state : List.of("RUNNING", "QUEUED")) {
            // Answers 409 for a job that ends in the meantime.
            given().get("/api/v1/jobs?state=" + state)
                    .jsonPath()
                    .getList("job", String.class)
                    .forEach(id -> given().post("/api/v1/jobs/" + id + "/cancel"));
        }
    }

    /** Waits until the service knows the models that the {@link FakeWorker} announces. */
    public static void awaitModels() {
        Await.until(
                "the service knows the worker's models",
                () -> given().get("/api/v1/models").asString().contains("people"));
    }

    /** Waits for a job's state. */
    public static void await(String id, String state) {
        Await.until(
                "job " + id + " is " + state,
                () -> state.equals(given().get("/api/v1/jobs/" + id).path("state")));
    }

    /** Waits for a value of a job's JSON. */
    public static void await(String id, String name, Object value) {
        Await.until(
                name + " of job " + id + " is " + value,
                () -> value.equals(given().get("/api/v1/jobs/" + id).path(name)));
    }

    /** Uncompresses gzip members to text. */
    public static String gunzip(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Frame indices of JSON lines. */
    public static List<Long> frames(String lines) {
        return lines.lines()
                .map(l -> Long.parseLong(l.substring("{\"frame\":".length(), l.indexOf(','))))
                .toList();
    }

    /** The numbers from {@code from} to below {@code below}. */
    public static List<Long> numbers(long from, long below) {
        return LongStream.range(from, below).boxed().toList();
    }
}
