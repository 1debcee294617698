package io.framequota.inferenceserver.grpc;

import io.grpc.Decompressor;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;

/** Messages packed as {@code deflate}, which gRPC means as HTTP does: in the zlib format. gRPC brings {@code gzip} only. */
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
