package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.bindings.LibrarySearch;
import io.saryu.bindings.NativeLibraryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of several versions is taken, and what is said when none can be; no file here is a library. */
class CudaLibraryTest {
    private static final String STEM = "libsaryu-test.so";

    @TempDir
    private Path folder;

    private String refusal(int driverMajor, String wheel) {
        Map<String, String> environment = Map.of("SARYU_CUDA_PATH", folder.toString());
        LibrarySearch search = new LibrarySearch(environment::get, "", folder);
        return assertThrows(NativeLibraryException.class, () -> CudaLibrary.load(search, "NVRTC", STEM, wheel, driverMajor))
                .getMessage();
    }

    private void put(int major) throws IOException {
        Files.writeString(folder.resolve(STEM + "." + major), "not a library");
    }

    @Test
    void saysWhereItLookedAndWhatToInstall() {
        String sentence = refusal(13, "nvidia-cuda-nvrtc");
        assertTrue(sentence.startsWith("NVRTC was not found (no " + STEM + ".13 or " + STEM + ".12 in SARYU_CUDA_PATH, "), sentence);
        assertTrue(sentence.contains("install CUDA 13, or pip install nvidia-cuda-nvrtc, or set SARYU_CUDA_PATH"), sentence);
        sentence = refusal(12, "nvidia-cuda-nvrtc");
        assertTrue(sentence.contains("(no " + STEM + ".12 in ") && sentence.contains("pip install nvidia-cuda-nvrtc-cu12"), sentence);
    }

    @Test
    void namesAVersionThatTheDriverIsTooOldFor() throws IOException {
        put(13);
        String sentence = refusal(12, "nvidia-cublas");
        assertTrue(sentence.contains(STEM + ".13, but the NVIDIA driver supports CUDA 12 only: update the driver, or install NVRTC of"
                + " CUDA 12 (pip install nvidia-cublas-cu12)"), sentence);
    }

    /** What is tried is the newest that the driver supports; it fails, as it is none. */
    @Test
    void takesTheNewestThatTheDriverSupports() throws IOException {
        put(12);
        put(13);
        assertTrue(refusal(14, "w").startsWith("Cannot load " + folder.resolve(STEM + ".13")));
        assertTrue(refusal(13, "w").startsWith("Cannot load " + folder.resolve(STEM + ".13")));
        assertTrue(refusal(12, "w").startsWith("Cannot load " + folder.resolve(STEM + ".12")));
        assertTrue(refusal(12, "w").endsWith("Install that library of CUDA 12 again."));
    }
}
