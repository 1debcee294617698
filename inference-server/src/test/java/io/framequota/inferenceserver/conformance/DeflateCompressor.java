package io.framequota.inferenceserver.conformance;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import java.io.OutputStream;
import java.util.zip.DeflaterOutputStream;

/** Compresses messages as {@code deflate}, like clients in C++ and Python. gRPC for Java supports {@code gzip} only. */
final class DeflateCompressor implements Compressor {
    static CompressorRegistry registry() {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(Codec.Identity.NONE);
        registry.register(new Codec.Gzip());
        registry.register(new DeflateCompressor());
        return registry;
    }

    @Override
    public String getMessageEncoding() {
        return "deflate";
    }

    @Override
    public OutputStream compress(OutputStream out) {
        return new DeflaterOutputStream(out);
    }
}
