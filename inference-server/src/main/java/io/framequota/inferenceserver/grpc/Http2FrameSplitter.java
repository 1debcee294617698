package io.framequota.inferenceserver.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Copies each HTTP/2 frame into its own buffer. Without it, one network buffer holds frames of several calls, and an unread
 * byte of one call keeps the memory of all the others: data of refused calls would stay in memory uncounted.
 */
public final class Http2FrameSplitter extends ByteToMessageDecoder {
    /** Length of what a client sends before the first frame. */
    private static final int PREFACE = 24;

    private static final int HEADER = 9;

    /** The longest frame that the server accepts; HTTP/2 ends the connection for a longer one. */
    private static final int LONGEST = 1 << 14;

    private int preface = PREFACE;

    private Http2FrameSplitter() {}

    /** A listening channel that splits the frames of all its connections. */
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
            // Passed on before it is complete, so that a client with another protocol gets an error.
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
            // The frame is passed on as it is; HTTP/2 refuses it.
            context.pipeline().remove(this);
        } else if (in.readableBytes() >= bytes) {
            out.add(copy(context, in, bytes));
        }
    }

    private static ByteBuf copy(ChannelHandlerContext context, ByteBuf in, int bytes) {
        return context.alloc().directBuffer(bytes, bytes).writeBytes(in, bytes);
    }
}
