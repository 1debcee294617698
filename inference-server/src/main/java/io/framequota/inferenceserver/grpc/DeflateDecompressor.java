package io.framequota.inferenceserver.grpc;

import io.grpc.Decompressor;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;

/**
 * Decompresses {@code deflate} messages. As in HTTP, gRPC means the zlib format by this name. gRPC itself supports {@code gzip}
 * only.
 */
public final class DeflateDecompressor implements Decompressor {
    @Override
    public String getMessageEncoding() {
        return "deflate";
    }

    @Override
    public InputStream decompress(InputStream packed) {
        return new InflaterInputStream(packed);
    }
}
