package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.kserve.ModelInferRequest;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads ModelInfer requests within the {@link MessageBudget}. The message is read into memory once and its raw contents are not
 * copied. Other memory that parsing takes is counted before the message is parsed.
 */
final class InferRequestMarshaller implements MethodDescriptor.Marshaller<InferRequestMarshaller.Received> {
    private final int mostBytes;

    InferRequestMarshaller(MessageBudget budget) {
        mostBytes = budget.mostBytes();
    }

    /**
     * A request, or the status with which it is refused. An exception of a marshaller would reach the client as an unknown
     * error.
     */
    record Received(@Nullable ModelInferRequest request, Status status) {}

    @Override
    public Received parse(InputStream stream) {
        try {
            int length = stream instanceof KnownLength ? stream.available() : -1;
            byte[] bytes = length < 0 ? stream.readAllBytes() : stream.readNBytes(length);
            ByteString message = UnsafeByteOperations.unsafeWrap(bytes);
            MessageBudget.takeForParsing(
                    ParsedSizeEstimate.of(message.newCodedInput(), ModelInferRequest.getDescriptor(), mostBytes));
            CodedInputStream in = message.newCodedInput();
            in.enableAliasing(true);
            return new Received(ModelInferRequest.parseFrom(in), Status.OK);
        } catch (StatusRuntimeException e) {
            return new Received(null, e.getStatus());
        } catch (IOException e) {
            return new Received(
                    null,
                    Status.INTERNAL.withDescription(
                            "the message is not a ModelInferRequest, or its compression is broken"));
        }
    }

    @Override
    public InputStream stream(Received value) {
        ModelInferRequest request = value.request();
        return new ByteArrayInputStream(request == null ? new byte[0] : request.toByteArray());
    }
}
