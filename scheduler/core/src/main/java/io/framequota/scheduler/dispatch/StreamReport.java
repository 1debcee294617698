package io.framequota.scheduler.dispatch;

/**
 * What a worker reports about a stream that it infers. Sums count from when it got the stream.
 *
 * @param job id of the live job
 * @param frames inferred frames
 * @param dropped frames that should have been inferred and were left out, because inference was behind
 * @param coreSeconds CPU time of decoding, inference and drawing
 * @param failure why the worker cannot infer the stream, one line for people; empty while it can
 */
public record StreamReport(String job, long frames, long dropped, double coreSeconds, String failure) {}
