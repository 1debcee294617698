package io.framequota.inferenceserver.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Gives every HTTP/2 frame that arrives a buffer of its own. As they come, one buffer holds frames of several calls, and a
 * byte of one that is still being read keeps those of all the others: what a refused call sent would stay in memory, counted
 * by nobody.
 */
public final class Http2FrameSplitter extends ByteToMessageDecoder {
    /** What a client sends first, before any frame. */
    private static final int PREFACE = 24;

    private static final int HEADER = 9;

    /** Longest frame that the server takes; HTTP/2 ends the connection for a longer one. */
    private static final int LONGEST = 1 << 14;

    private int preface = PREFACE;

    private Http2FrameSplitter() {}

    /** A listening channel all of whose connections are split. */
    public static final class Listener extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> connections) throws Exception {
            int before = connections.size();
            int read = super.doReadMessages(connections);
            for (Object connection : connections.subList(before, connections.size())) {
                ((Channel) connection).pipeline().addLast(new Http2FrameSplitter());
            }
            return read;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (preface > 0) {
            // Not held back until it is complete: who speaks another protocol is to be told so.
            int bytes = Math.min(preface, in.readableBytes());
            preface -= bytes;
            out.add(copy(context, in, bytes));
            return;
        }
        if (in.readableBytes() < HEADER) {
            return;
        }
        int bytes = HEADER + in.getUnsignedMedium(in.readerIndex());
        if (bytes > HEADER + LONGEST) {
            // What comes is passed on as it is, and refused.
            context.pipeline().remove(this);
        } else if (in.readableBytes() >= bytes) {
            out.add(copy(context, in, bytes));
        }
    }

    private static ByteBuf copy(ChannelHandlerContext context, ByteBuf in, int bytes) {
        return context.alloc().directBuffer(bytes, bytes).writeBytes(in, bytes);
    }
}
