package io.saryu.kernels.cuda;

/** A call of CUDA, NVRTC, cuBLASLt or NCCL failed. The message is one sentence on what was done, what went wrong, what to do. */
public class CudaException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private final int status;

    public CudaException(String message) {
        this(message, 0);
    }

    /** With the status that the library returned. */
    public CudaException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** The library's status code, 0 where none was returned. */
    public int status() {
        return status;
    }
}
