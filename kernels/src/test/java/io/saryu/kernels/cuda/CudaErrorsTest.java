package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaErrorsTest {
    /** Statuses that drivers were seen to return where there is no GPU, or none that works. */
    @ParameterizedTest
    @CsvSource({"100, sees no GPU", "101, sees no GPU", "35, not a working NVIDIA driver", "34, not a working NVIDIA driver",
            "803, restart the machine"})
    void saysWhyThereIsNoGpu(int status, String expected) {
        String sentence = CudaErrors.noDevice(status, " (CUDA 12.4)");
        assertTrue(sentence.contains(expected) && sentence.contains(" (CUDA 12.4)"), sentence);
    }

    @Test
    void namesSuccessNothing() {
        CudaErrors.check(0, "anything");
        CudaErrors.nvrtc(0, "anything");
        CudaErrors.cublasLt(0, "anything");
        CudaErrors.nccl(0, "anything");
    }
}
