package io.framequota.media.decode.ffmpeg;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The heap of the C library. It keeps freed memory until {@link #trim} returns it to the system. */
public final class NativeHeap {
    /** Number of fields of {@code struct mallinfo2}, and the fields with the bytes in use of mapped and of other blocks. */
    private static final int FIELDS = 10;

    private static final int MAPPED = 4;
    private static final int IN_USE = 7;

    private static final @Nullable MethodHandle TRIM =
            function("malloc_trim", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final @Nullable MethodHandle INFO =
            function("mallinfo2", FunctionDescriptor.of(MemoryLayout.structLayout(fields())));

    private NativeHeap() {}

    /** Returns free memory to the system, where the C library can. */
    public static void trim() {
        if (TRIM == null) {
            return;
        }
        try {
            int released = (int) TRIM.invokeExact(0L);
            assert released >= 0;
        } catch (Throwable e) {
            throw new IllegalStateException("malloc_trim failed", e);
        }
    }

    /** Most bytes that direct buffers of the virtual machine may take of this heap. */
    public static long maxDirectBuffers() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long set = machine == null
                ? 0
                : Long.parseLong(machine.getVMOption("MaxDirectMemorySize").getValue());
        // Without the option the limit is that of the Java heap.
        return set > 0 ? set : Runtime.getRuntime().maxMemory();
    }

    /** Bytes that the whole process has in use; 0 where the C library does not say. */
    public static long bytesInUse() {
        if (INFO == null) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) INFO.invokeExact((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, MAPPED) + info.getAtIndex(ValueLayout.JAVA_LONG, IN_USE);
        } catch (Throwable e) {
            throw new IllegalStateException("mallinfo2 failed", e);
        }
    }

    private static MemoryLayout[] fields() {
        MemoryLayout[] all = new MemoryLayout[FIELDS];
        Arrays.fill(all, ValueLayout.JAVA_LONG);
        return all;
    }

    private static @Nullable MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, descriptor))
                .orElse(null);
    }
}
