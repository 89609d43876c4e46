package io.saryu.kernels.cuda;

import io.saryu.bindings.NativeLibraries;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What the emulation knows of a failed call beyond its status: which kernel, which address, which line. */
final class EmulatedFaults {
    private EmulatedFaults() {
    }

    /** Loaded at first use, which is when something has failed. */
    private static final class Lookup {
        static final MethodHandle LAST = Linker.nativeLinker().downcallHandle(
                NativeLibraries.symbol("saryu_emulated", "saryu_emulated_last_fault"),
                FunctionDescriptor.of(ValueLayout.ADDRESS));
    }

    /** A part of a sentence about the calling thread's last failed call, or nothing where a real GPU runs. */
    static String last() {
        if (!CudaLibraries.emulated()) {
            return "";
        }
        try {
            String text = ((MemorySegment) Lookup.LAST.invokeExact()).reinterpret(Long.MAX_VALUE).getString(0);
            return text.isEmpty() ? "" : " [emulation: " + text + "]";
        } catch (Throwable e) {
            throw new IllegalStateException("the emulation cannot say what went wrong", e);
        }
    }
}
