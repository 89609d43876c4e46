package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The emulation itself: its own tests, with faults planted that it must name, and its kernels under AddressSanitizer. */
class EmulationTest {
    private static final Path BUILT = Path.of("target/native/emulated/saryu_emulated_test");
    private static final Path SOURCES = Path.of("../native");

    @TempDir
    Path dir;

    /** A process's exit code and all that it said. */
    private record Ended(int code, String output) {
    }

    private Ended run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(dir, "out", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Ended(code, Files.readString(out, StandardCharsets.ISO_8859_1));
    }

    private void good(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        Ended ended = run(environment, command);
        assertEquals(0, ended.code(), () -> String.join(" ", command) + ": " + ended.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse"})
    void namesPlantedFaults(String order) throws Exception {
        assertTrue(Files.isExecutable(BUILT), () -> BUILT + " is missing: Maven's process-test-resources builds it");
        good(Map.of("SARYU_EMULATED_ORDER", order), List.of(BUILT.toString()));
    }

    /** sm_75 copies at once, into one buffer; sm_86 has smaller tiles of keys: variants of their own in the emulation. */
    @ParameterizedTest
    @ValueSource(strings = {"75", "86"})
    void attentionOfOtherArchitecturesIsRight(String sm) throws Exception {
        Ended ended = run(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_SM", sm), tests("CudaAttentionTilesTest"));
        assertEquals(0, ended.code(), ended.output());
        assertTrue(ended.output().contains(" 0 failed, 0 skipped"), ended.output());
    }

    private static List<String> tests(String pattern) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx2g", "-cp", System.getProperty("java.class.path"),
                "io.saryu.kernels.RunTests", pattern);
    }

    /**
     * Records the launches of the op tests and runs them again in a program under AddressSanitizer, which sees every read and
     * write outside what the tensors hold; inside a JVM it cannot run.
     */
    @Test
    @Tag("slow")
    void everyKernelStaysInItsMemory() throws Exception {
        Path launches = Files.createDirectory(dir.resolve("launches"));
        good(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_RECORD", launches.toString()),
                tests("Cuda(Op|AttentionTiles|Types|MixedPrecision)Test"));

        Path build = Path.of("target/native-address");
        good(Map.of(), List.of("cmake", "-S", SOURCES.toString(), "-B", build.toString(), "-DCMAKE_BUILD_TYPE=Release",
                "-DSARYU_ROOMS=emulated", "-DSARYU_SANITIZE=address"));
        good(Map.of(), List.of("cmake", "--build", build.toString(), "--parallel", "2", "--target",
                "saryu_emulated_replay"));
        Map<String, String> options = Map.of("ASAN_OPTIONS", "detect_leaks=0:detect_stack_use_after_return=0");
        String replay = build.resolve("emulated/saryu_emulated_replay").toString();

        Ended planted = run(options, List.of(replay, "--planted"));
        assertNotEquals(0, planted.code());
        assertTrue(planted.output().contains("AddressSanitizer: use-after-poison") && planted.output().contains("peek"),
                planted.output());

        Ended all = run(options, List.of(replay, launches.toString()));
        assertEquals(0, all.code(), all.output());
        List<String> left = all.output().lines().filter(l -> l.startsWith("never launched") && !leftOutOnPurpose(l)).toList();
        assertEquals(List.of(), left, all.output());
    }

    /** Attention of other architectures has a test of its own above, and a loss is summed by what fp32's module has. */
    private static boolean leftOutOnPurpose(String line) {
        return line.contains(" SARYU_SM=") || line.contains(" loss_sum of cross_entropy.cu SARYU_TYPE=");
    }
}
