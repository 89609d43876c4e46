package io.saryu.kernels;

import io.saryu.bindings.NativeLibraries;
import io.saryu.bindings.NativeLibraryException;
import io.saryu.bindings.cblas.Cblas;
import io.saryu.bindings.cpu.SaryuCpu;
import java.lang.foreign.MemorySegment;

/** Loads the kernels and OpenBLAS once per process. */
final class CpuLibraries {
    private static final String PROBLEM = load();

    private CpuLibraries() {
    }

    /** Null when everything is loaded, else one sentence on what is not. */
    static String problem() {
        return PROBLEM;
    }

    private static String load() {
        try {
            NativeLibraries.load("saryu_cpu");
            NativeLibraries.load("openblas");
            // Our own threads share the work; one of OpenBLAS's for each call is as fast and leaves no pool spinning.
            Cblas.openblas_set_num_threads(1);
            return null;
        } catch (NativeLibraryException e) {
            return e.getMessage();
        }
    }

    /** Address of cblas_sgemm, which the kernels call. */
    static MemorySegment sgemm() {
        return NativeLibraries.symbol("openblas", "cblas_sgemm");
    }

    /** What was loaded, for logs and the reproducibility key. */
    static String description() {
        return "cpu " + SaryuCpu.saryu_isa().getString(0) + ", " + Cblas.openblas_get_config().getString(0).strip();
    }
}
