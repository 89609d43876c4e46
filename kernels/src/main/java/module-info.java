/** The CPU and CUDA backends, found by {@link java.util.ServiceLoader}. */
module io.saryu.kernels {
    requires io.saryu.bindings;
    requires io.saryu.core;

    exports io.saryu.kernels;
    exports io.saryu.kernels.cuda;

    provides io.saryu.backend.BackendProvider with io.saryu.kernels.CpuBackendProvider,
            io.saryu.kernels.cuda.CudaBackendProvider;
}
