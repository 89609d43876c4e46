package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saryu.bindings.cublaslt.CublasLt;
import io.saryu.bindings.cuda.Cuda;
import io.saryu.bindings.nccl.Nccl;
import io.saryu.bindings.nvrtc.Nvrtc;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NVIDIA's own libraries, where {@link io.saryu.bindings.LibrarySearch} finds them; a GPU or a driver is not needed. */
class CudaRealLibrariesTest {
    @BeforeAll
    static void notEmulated() {
        assumeFalse(CudaLibraries.emulated(), "SARYU_CUDA=emulated: NVIDIA's libraries are not looked for");
    }

    /** The library, or a skipped test where the machine has none. */
    private static CudaLibrary present(CudaLibrary library) {
        assumeTrue(library.file() != null || !library.problem().contains("was not found"), () -> library.problem());
        assertEquals(null, library.problem());
        return library;
    }

    @Test
    void everyBoundCallOfNvrtcIsThere() throws Exception {
        present(CudaLibraries.nvrtc());
        assertEveryCallIsThere(Nvrtc.class);
    }

    @Test
    void everyBoundCallOfCublasLtIsThere() throws Exception {
        present(CudaLibraries.cublasLt());
        assertEveryCallIsThere(CublasLt.class);
    }

    @Test
    void everyBoundCallOfNcclIsThere() throws Exception {
        present(CudaLibraries.nccl());
        assertEveryCallIsThere(Nccl.class);
    }

    @Test
    void everyBoundCallOfTheDriverIsThere() throws Exception {
        CudaLibrary driver = CudaLibraries.driver();
        assumeTrue(driver.file() != null, () -> driver.problem());
        assertEveryCallIsThere(Cuda.class);
    }

    private static void assertEveryCallIsThere(Class<?> bindings) throws IllegalAccessException {
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Method method : bindings.getMethods()) {
            if (method.getName().endsWith("$address")) {
                try {
                    assertFalse(method.invoke(null).equals(MemorySegment.NULL));
                    found++;
                } catch (InvocationTargetException e) {
                    missing.add(method.getName());
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(found > 5, () -> bindings + " has calls");
    }

    @Test
    void withoutAGpuCublasLtSaysWhatToDo() {
        present(CudaLibraries.cublasLt());
        assumeTrue(CudaLibraries.deviceCount() == 0, "there is a GPU");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            int status = CublasLt.cublasLtCreate(out);
            CudaException e = assertThrows(CudaException.class, () -> CudaErrors.cublasLt(status, "starting cuBLASLt"));
            assertTrue(e.getMessage().matches("starting cuBLASLt failed: cuBLASLt: .*\\(1\\); see with nvidia-smi .*"),
                    e.getMessage());
            assertEquals(1, e.status());
        }
    }

    @Test
    void withoutAGpuNcclSaysWhatToDo() {
        present(CudaLibraries.nccl());
        assumeTrue(CudaLibraries.deviceCount() == 0, "there is a GPU");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment comms = arena.allocate(ValueLayout.ADDRESS, 1);
            int status = Nccl.ncclCommInitAll(comms, 1, MemorySegment.NULL);
            CudaException e = assertThrows(CudaException.class, () -> CudaErrors.nccl(status, "starting NCCL"));
            assertTrue(e.getMessage().matches("starting NCCL failed: NCCL: .*\\(1\\); run again with NCCL_DEBUG=INFO .*"),
                    e.getMessage());
        }
    }

    @Test
    void withoutAGpuTheProviderSaysWhatToDo() {
        assumeTrue(CudaLibraries.deviceCount() == 0, "there is a GPU");
        String problem = CudaLibraries.problem();
        assertTrue(problem.contains("driver") && problem.contains("docker run --gpus all"), problem);
        assertEquals(problem, assertThrows(IllegalStateException.class, () -> CudaDevice.get(0)).getMessage());
    }

    /** Minutes, as each of some seventy modules is compiled for each architecture. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {75, 80, 86, 89, 90})
    void nvrtcCompilesEveryKernelWithoutWarnings(int sm) throws IOException {
        present(CudaLibraries.nvrtc());
        KernelCompiler compiler = new KernelCompiler(sm, new KernelCache(null));
        // bf16 has no tensor-core instructions before sm_80, and CudaDevice.supports refuses it.
        List<String> variants = variants().stream().filter(v -> sm >= 80 || !v.contains("SARYU_TYPE=1")).toList();
        assertFalse(variants.isEmpty());
        assertAll(variants.stream().map(variant -> () -> {
            String[] words = variant.split(" ");
            List<String> options = compiler.options(Arrays.copyOfRange(words, 1, words.length));
            assertEquals("--gpu-architecture=sm_" + sm, options.get(2));
            KernelCompiler.Compiled compiled = compiler.compile(KernelSource.read(words[0]), options);
            assertEquals("", compiled.log().strip(), variant);
            assertEquals("\u007fELF", new String(compiled.image(), 0, 4, StandardCharsets.ISO_8859_1));
        }));
    }

    /** What native/cuda/variants.cmake says, as the build of the emulation wrote it down. */
    private static List<String> variants() throws IOException {
        try (InputStream in = CudaRealLibrariesTest.class.getResourceAsStream("/cuda-variants.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip).toList();
        }
    }

    @Test
    void aKernelThatDoesNotCompileIsQuoted() {
        present(CudaLibraries.nvrtc());
        KernelCompiler compiler = new KernelCompiler(80, new KernelCache(null));
        KernelSource broken = new KernelSource("broken.cu", "extern \"C\" __global__ void k(float *x) { x[0] = y; }",
                Map.of());
        CudaException e = assertThrows(CudaException.class, () -> compiler.compile(broken, compiler.options(new String[0])));
        assertTrue(e.getMessage().contains("broken.cu") && e.getMessage().contains("\"y\" is undefined"), e.getMessage());
    }

    @Test
    void aGpuNewerThanNvrtcGetsPtx() {
        present(CudaLibraries.nvrtc());
        KernelCompiler compiler = new KernelCompiler(999, new KernelCache(null));
        List<String> options = compiler.options(new String[0]);
        assertTrue(options.get(2).startsWith("--gpu-architecture=compute_"), options.toString());
        KernelCompiler.Compiled compiled = compiler.compile(KernelSource.read("fill.cu"), options);
        assertTrue(new String(compiled.image(), StandardCharsets.US_ASCII).contains(".target sm_"));
    }

    @Test
    void aGpuOlderThanNvrtcIsRefused() {
        present(CudaLibraries.nvrtc());
        CudaException e = assertThrows(CudaException.class, () -> new KernelCompiler(20, new KernelCache(null)));
        assertTrue(e.getMessage().contains("cannot compile for sm_20"), e.getMessage());
    }
}
