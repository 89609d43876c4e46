/** The CPU backend: own SIMD kernels and OpenBLAS; found by {@link java.util.ServiceLoader}. */
module io.saryu.kernels {
    requires io.saryu.bindings;
    requires io.saryu.core;

    exports io.saryu.kernels;

    provides io.saryu.backend.BackendProvider with io.saryu.kernels.CpuBackendProvider;
}
