package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.InferTensorContents;
import io.framequota.inferenceserver.execution.StagingMemory;
import io.framequota.inferenceserver.memory.RegionLease;
import java.nio.ByteBuffer;

/** The data of one input, wherever the client put it. */
sealed interface TensorPayload {
    /** Size as a tensor. */
    long byteSize();

    /** Bytes of this process's memory that it holds. */
    long heldBytes();

    /** The data in direct memory. */
    ByteBuffer direct(StagingMemory staging);

    /** In shared memory; copied when the model is about to run. */
    record Shared(RegionLease lease) implements TensorPayload {
        @Override
        public long byteSize() {
            return lease.byteSize();
        }

        @Override
        public long heldBytes() {
            return 0;
        }

        @Override
        public ByteBuffer direct(StagingMemory staging) {
            ByteBuffer memory = staging.take(lease.byteSize());
            lease.read(memory);
            return memory;
        }
    }

    /** In the message's raw contents. */
    record Raw(ByteString bytes) implements TensorPayload {
        @Override
        public long byteSize() {
            return bytes.size();
        }

        @Override
        public long heldBytes() {
            return bytes.size();
        }

        @Override
        public ByteBuffer direct(StagingMemory staging) {
            ByteBuffer memory = staging.take(bytes.size());
            bytes.copyTo(memory.duplicate());
            return memory;
        }
    }

    /** As typed numbers of the message. */
    record Typed(DataType type, InferTensorContents contents, long byteSize) implements TensorPayload {
        @Override
        public long heldBytes() {
            return contents.getSerializedSize();
        }

        @Override
        public ByteBuffer direct(StagingMemory staging) {
            ByteBuffer memory = staging.take((int) byteSize);
            TypedContents.write(type, contents, memory.duplicate().order(memory.order()));
            return memory;
        }
    }
}
