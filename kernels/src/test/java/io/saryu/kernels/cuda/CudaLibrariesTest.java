package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.BackendProvider;
import io.saryu.backend.Backends;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process finds that is told so by its environment; each in a JVM of its own, as libraries are loaded once. */
class CudaLibrariesTest {
    /** Prints what the cuda provider says. */
    public static final class Main {
        public static void main(String[] args) {
            BackendProvider cuda = Backends.providers().stream().filter(p -> p.name().equals("cuda")).findFirst().orElseThrow();
            System.out.println("unavailable: " + cuda.unavailableBecause());
            System.out.println("devices: " + cuda.devices());
            cuda.components().forEach(System.out::println);
            System.out.println("auto: " + Backends.get("auto").name());
            System.out.println("passed over: " + Backends.passedOver(Backends.provider("auto")));
            if (cuda.unavailableBecause() == null) {
                System.out.println("bf16: " + cuda.create(0).supports(DType.BF16) + ", f16: " + cuda.create(0).supports(DType.F16)
                        + ", f64: " + cuda.create(0).supports(DType.F64));
                try {
                    cuda.create(7);
                } catch (IllegalArgumentException e) {
                    System.out.println("too many: " + e.getMessage());
                }
            } else {
                try {
                    Backends.get("cuda");
                } catch (IllegalStateException e) {
                    System.out.println("refused: " + e.getMessage());
                }
            }
        }
    }

    private static String run(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Main.class.getName());
        builder.environment().keySet().removeAll(List.of("SARYU_CUDA", "SARYU_CUDA_PATH"));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out;
    }

    @ParameterizedTest
    @CsvSource({"off, turned off by SARYU_CUDA=off", "yes, SARYU_CUDA is 'yes': set it to off or emulated"})
    void canBeTurnedOff(String setting, String expected) throws Exception {
        String out = run(Map.of("SARYU_CUDA", setting));
        assertTrue(out.contains("unavailable: ") && out.contains(expected), out);
        assertTrue(out.contains("devices: 0") && out.contains("auto: cpu"), out);
        assertTrue(out.contains("refused: device 'cuda' is not available: "), out);
        assertTrue(out.contains("passed over: [cuda is not available: "), "auto says why it takes the CPU: " + out);
    }

    @Test
    void saysSoWhereTheDriverSeesNoGpu() throws Exception {
        String out = run(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_DEVICES", "0"));
        assertTrue(out.contains("unavailable: the NVIDIA driver (emulated CUDA 13.0) sees no GPU: "), out);
        assertTrue(out.contains("CUDA_VISIBLE_DEVICES") && out.contains("auto: cpu"), out);
    }

    @Test
    void refusesAGpuThatIsTooOld() throws Exception {
        String out = run(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_SM", "70"));
        assertTrue(out.contains("unavailable: GPU 0 (") && out.contains("sm_70) is older than the kernels can use"), out);
        assertTrue(out.contains("auto: cpu"), out);
    }

    @Test
    void refusesADriverThatIsTooOld() throws Exception {
        String out = run(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_DRIVER", "11080"));
        assertTrue(out.contains("unavailable: the NVIDIA driver supports emulated CUDA 11.8, but CUDA 12.0 or newer is needed: update"
                + " the driver to 525 or newer"), out);
        assertTrue(out.contains("auto: cpu"), out);
    }

    @Test
    void hasNoBf16BeforeSm80() throws Exception {
        assertTrue(run(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_SM", "75"))
                .contains("bf16: false, f16: true, f64: false"));
    }

    @Test
    void listsAllThereIs() throws Exception {
        String out = run(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_DEVICES", "4"));
        assertTrue(out.contains("unavailable: null") && out.contains("devices: 4") && out.contains("auto: cuda"), out);
        assertTrue(out.contains("bf16: true, f16: true, f64: false"), out);
        assertTrue(out.contains("too many: there is no GPU 7: the driver shows 4 GPUs, numbers 0 to 3"), out);
        for (String name : List.of("NVIDIA driver, found=emulated CUDA 13.0", "NVRTC", "cuBLASLt", "NCCL", "GPU 0", "GPU 3")) {
            assertTrue(out.contains("Component[name=" + name), out);
        }
    }
}
