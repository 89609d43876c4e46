package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand steps of a tiny model, with evaluations and checkpoints in between, in a process of their own whose heap has a
 * fixed size, so that what the system counts tells of native memory.
 */
@EnabledOnOs(OS.LINUX)
class MemoryTest {
    private static final int STEPS = 1000;
    private static final int WARM = 400;
    /** What compiled code may still take; a step that lost one activation of this model would lose more than 3 MB. */
    private static final long NATIVE_BOUND = 3L << 20;
    private static final long HEAP_BOUND = 512L << 10;

    @TempDir
    Path dir;

    /** The process: trains, and prints native and heap bytes in use at some steps. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] args) throws IOException {
            Progress progress = new Progress() {
                @Override
                public Task start(String name, long total, String unit) {
                    return (done, detail) -> {
                        if (name.equals("training") && done >= WARM && done % 200 == 0) {
                            System.gc();
                            System.out.println("figures " + done + " " + residentBytes() + " " + ManagementFactory
                                    .getMemoryMXBean().getHeapMemoryUsage().getUsed());
                        }
                    };
                }

                @Override
                public void line(String text) {
                    // Evaluations tell here.
                }
            };
            Pretraining.start(TrainConfig.load(Path.of(args[0]), List.of()), "memory", progress, () -> false);
        }

        private static long residentBytes() {
            try {
                String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(l -> l.startsWith("RssAnon:")).findFirst().orElseThrow();
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Test
    void aThousandStepsTakeNoMoreThanTheFirst() throws Exception {
        Path run = dir.resolve("run");
        Path config = Files.writeString(dir.resolve("memory.yaml"), TinyRun.get().yaml(run)
                .replace("max_steps: " + TinyRun.STEPS, "max_steps: " + STEPS)
                .replace("logging_steps: 1\n", "logging_steps: 50\n")
                .replace("eval_steps: 6", "eval_steps: 200").replace("save_steps: 5", "save_steps: 200"));
        List<String> command = new ArrayList<>(TinyRun.java());
        command.addAll(1, List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(Main.class.getName(), config.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);

        List<long[]> figures = said.lines().filter(l -> l.startsWith("figures ")).map(l -> l.split(" "))
                .map(f -> new long[] {Long.parseLong(f[1]), Long.parseLong(f[2]), Long.parseLong(f[3])}).toList();
        assertEquals(List.of(400L, 600L, 800L, 1000L), figures.stream().map(f -> f[0]).toList(), said);
        long[] first = figures.getFirst();
        long[] last = figures.getLast();
        assertTrue(last[1] - first[1] < NATIVE_BOUND, "native memory grew by " + (last[1] - first[1]) + " bytes: " + said);
        assertTrue(last[2] - first[2] < HEAP_BOUND, "the heap grew by " + (last[2] - first[2]) + " bytes: " + said);

        Set<Long> held = new HashSet<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.has("memory") && json.get("step").asLong() > 200) {
                held.add(json.get("memory").get("device_bytes").asLong());
            }
        }
        assertEquals(1, held.size(), "the workspace held " + held + " bytes");
        assertTrue(held.iterator().next() > 0);
    }
}
