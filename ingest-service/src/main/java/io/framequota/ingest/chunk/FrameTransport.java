package io.framequota.ingest.chunk;

/** How a job's frames travel to workers. */
public sealed interface FrameTransport permits FrameTransport.Packets, PixelTransport {
    /** As the source's own packets. */
    FrameTransport PACKETS = new Packets();

    /** The name in the database, in messages and in a job's JSON: {@code packets}, {@code pixels}, or for example {@code jpeg-95}. */
    String label();

    /** {@link #PACKETS}. */
    record Packets() implements FrameTransport {
        @Override
        public String label() {
            return "packets";
        }
    }
}
