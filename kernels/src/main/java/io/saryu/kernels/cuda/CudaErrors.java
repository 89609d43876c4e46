package io.saryu.kernels.cuda;

import io.saryu.bindings.cublaslt.CublasLt;
import io.saryu.bindings.cuda.Cuda;
import io.saryu.bindings.nccl.Nccl;
import io.saryu.bindings.nvrtc.Nvrtc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Turns statuses into exceptions whose message says what was done, what went wrong, and what to do. */
public final class CudaErrors {
    /** What the CUDA runtime returns for a driver that is too old, or is not there at all. */
    private static final int RUNTIME_INSUFFICIENT_DRIVER = 35;

    private CudaErrors() {
    }

    /**
     * Checks a status of the driver.
     *
     * @param what what was done, as the start of a sentence: {@code "launching rms_norm on cuda:0"}
     * @throws CudaException when it is not CUDA_SUCCESS
     */
    public static void check(int status, String what) {
        if (status != 0) {
            throw new CudaException(sentence(what, driverError(status), advice(status)), status);
        }
    }

    /** As {@link #check}, with the sentence's start in two parts, which are only joined when something is wrong. */
    static void check(int status, String what, Object subject) {
        if (status != 0) {
            check(status, what + subject);
        }
    }

    /** Checks a status of NVRTC. */
    public static void nvrtc(int status, String what) {
        if (status != 0) {
            throw new CudaException(sentence(what, "NVRTC: " + text(Nvrtc.nvrtcGetErrorString(status)) + " (" + status + ")",
                    "see that libnvrtc and libnvrtc-builtins are of one installation"), status);
        }
    }

    /** Checks a status of cuBLASLt. */
    public static void cublasLt(int status, String what) {
        if (status != 0) {
            String error = "cuBLASLt: " + text(CublasLt.cublasLtGetStatusString(status)) + " (" + status + ")";
            throw new CudaException(sentence(what, error, status == CublasLt.CUBLAS_STATUS_NOT_INITIALIZED()
                    ? "see with nvidia-smi that the GPU works and has memory free"
                    : "see that libcublasLt is not older than the GPU"), status);
        }
    }

    /** Checks a status of NCCL. {@code ncclInProgress} is an error here too: who polls for it does not call this. */
    public static void nccl(int status, String what) {
        if (status != 0) {
            throw new CudaException(sentence(what, "NCCL: " + text(Nccl.ncclGetErrorString(status)) + " (" + status + ")",
                    "run again with NCCL_DEBUG=INFO to see more"), status);
        }
    }

    /** Why there is no GPU to use, after cuInit or cuDeviceGetCount returned this status. */
    static String noDevice(int status, String driverVersion) {
        if (status == Cuda.CUDA_ERROR_NO_DEVICE() || status == Cuda.CUDA_ERROR_INVALID_DEVICE()) {
            return "the NVIDIA driver" + driverVersion + " sees no GPU: see whether nvidia-smi lists one, whether"
                    + " CUDA_VISIBLE_DEVICES hides it, and whether a container was started with its GPUs (docker run --gpus all)";
        }
        if (status == RUNTIME_INSUFFICIENT_DRIVER || status == Cuda.CUDA_ERROR_STUB_LIBRARY()) {
            return "the libcuda.so.1 that was found is not a working NVIDIA driver" + driverVersion
                    + " (a stub, or too old): install the driver of your GPU";
        }
        if (status == Cuda.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH()) {
            return "the NVIDIA driver's library" + driverVersion + " and its kernel module are of different versions: restart"
                    + " the machine, or install the driver again";
        }
        return sentence("starting the NVIDIA driver" + driverVersion, driverError(status), advice(status));
    }

    private static String driverError(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            String name = Cuda.cuGetErrorName(status, out) == 0 ? text(out.get(ValueLayout.ADDRESS, 0)) : "unknown error";
            String words = Cuda.cuGetErrorString(status, out) == 0 ? text(out.get(ValueLayout.ADDRESS, 0)) : "";
            return words.isEmpty() ? name + " (" + status + ")" : words + " (" + name + ", " + status + ")";
        }
    }

    /** A C string of static storage. */
    private static String text(MemorySegment address) {
        return address.equals(MemorySegment.NULL) ? "" : address.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static String advice(int status) {
        if (status == Cuda.CUDA_ERROR_OUT_OF_MEMORY()) {
            return "use a smaller batch or gradient_checkpointing, or end what else uses the GPU";
        }
        if (isLost(status)) {
            return "the GPU is not usable in this process any more: start again from the last checkpoint, and look into"
                    + " nvidia-smi and the system's log if it comes back";
        }
        if (isCapture(status)) {
            return "what was recorded into a CUDA graph did something that cannot be replayed";
        }
        if (status == Cuda.CUDA_ERROR_NO_BINARY_FOR_GPU() || status == Cuda.CUDA_ERROR_UNSUPPORTED_PTX_VERSION()
                || status == Cuda.CUDA_ERROR_INVALID_IMAGE() || status == Cuda.CUDA_ERROR_INVALID_PTX()) {
            return "the driver is older than NVRTC: update the driver, or install an NVRTC of the driver's CUDA version";
        }
        if (status == Cuda.CUDA_ERROR_NOT_FOUND()) {
            return "the kernel sources in Saryu's jar are of another version: build it again with ./saryu";
        }
        return "see that the GPU works with nvidia-smi";
    }

    /** Errors after which the driver refuses every further call of the process on this GPU. */
    static boolean isLost(int status) {
        return status == Cuda.CUDA_ERROR_ILLEGAL_ADDRESS() || status == Cuda.CUDA_ERROR_LAUNCH_FAILED()
                || status == Cuda.CUDA_ERROR_MISALIGNED_ADDRESS() || status == Cuda.CUDA_ERROR_ILLEGAL_INSTRUCTION()
                || status == Cuda.CUDA_ERROR_HARDWARE_STACK_ERROR() || status == Cuda.CUDA_ERROR_ASSERT()
                || status == Cuda.CUDA_ERROR_LAUNCH_TIMEOUT() || status == Cuda.CUDA_ERROR_ECC_UNCORRECTABLE()
                || status == Cuda.CUDA_ERROR_NVLINK_UNCORRECTABLE() || status == Cuda.CUDA_ERROR_DEVICE_UNAVAILABLE()
                || status == Cuda.CUDA_ERROR_EXTERNAL_DEVICE() || status == Cuda.CUDA_ERROR_CONTEXT_IS_DESTROYED();
    }

    private static boolean isCapture(int status) {
        return status >= Cuda.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED() && status <= Cuda.CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD();
    }

    static String sentence(String what, String error, String advice) {
        return what + " failed: " + error + EmulatedFaults.last() + "; " + advice;
    }
}
