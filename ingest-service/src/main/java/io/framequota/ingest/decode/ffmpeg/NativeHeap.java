package io.framequota.ingest.decode.ffmpeg;

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

/** The C library's heap: what is freed there stays with the process until it is told to give it back. */
final class NativeHeap {
    /** Numbers of {@code struct mallinfo2}, and which of them are the bytes in use: of mapped blocks, and of the others. */
    private static final int NUMBERS = 10;

    private static final int MAPPED = 4;
    private static final int IN_USE = 7;

    private static final @Nullable MethodHandle TRIM =
            function("malloc_trim", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final @Nullable MethodHandle INFO =
            function("mallinfo2", FunctionDescriptor.of(MemoryLayout.structLayout(numbers())));

    private NativeHeap() {}

    /** Gives what is free back to the system, where the C library can. */
    static void trim() {
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

    /** Bytes that the virtual machine lets direct buffers take at most, which lie in this heap. */
    static long mostOfBuffers() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long set = machine == null
                ? 0
                : Long.parseLong(machine.getVMOption("MaxDirectMemorySize").getValue());
        // Where nothing is set it is as much as the heap may have.
        return set > 0 ? set : Runtime.getRuntime().maxMemory();
    }

    /** Bytes in use, whoever of this process took them; 0 where the C library does not say. */
    static long bytesInUse() {
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

    private static MemoryLayout[] numbers() {
        MemoryLayout[] all = new MemoryLayout[NUMBERS];
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
