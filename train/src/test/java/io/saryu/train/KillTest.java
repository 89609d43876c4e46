package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real training processes that are killed: what they leave, and what comes of going on. */
@Tag("slow")
@EnabledOnOs({OS.LINUX, OS.MAC})
class KillTest {
    private static final int STEPS = 1000;
    private static final int KILLS = 50;
    private static final long LONGEST_SECONDS = 120;

    @TempDir
    Path dir;

    private Path configuration(Path run) throws IOException {
        String yaml = TinyRun.get().yaml(run).replace("max_steps: " + TinyRun.STEPS, "max_steps: " + STEPS)
                .replace("logging_steps: 1\n", "logging_steps: 10\n").replace("eval_steps: 6", "eval_steps: 500")
                .replace("save_steps: 5", "save_steps: 10").replace("save_total_limit: 0", "save_total_limit: 2");
        return Files.writeString(dir.resolve(run.getFileName() + ".yaml"), yaml);
    }

    /** A process that runs a command; it takes SIGINT as a shell's foreground process does. */
    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("os.name").equals("Linux")) {
            // What started the tests may ignore SIGINT, and children inherit that.
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(TinyRun.java(Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectOutput(dir.resolve("out").toFile())
                .redirectError(dir.resolve("err").toFile()).start();
    }

    private String said() throws IOException {
        return Files.readString(dir.resolve("out"), StandardCharsets.UTF_8)
                + Files.readString(dir.resolve("err"), StandardCharsets.UTF_8);
    }

    private int end(Process process) throws Exception {
        assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), "the process hangs");
        return process.exitValue();
    }

    private static void waitUntil(Process process, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        while (!condition.getAsBoolean() && process.isAlive() && System.nanoTime() < end) {
            Thread.sleep(2);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static boolean hasNew(Path checkpoints, List<String> before) {
        String[] now = checkpoints.toFile().list((folder, name) -> name.startsWith("step-") && !before.contains(name));
        return now != null && now.length > 0;
    }

    /** Every checkpoint under its name is whole, and so is the model folder if it is there. */
    private static int assertNothingHalf(Path run) throws IOException {
        int checkpoints = 0;
        for (String name : names(run.resolve("checkpoints"))) {
            if (name.startsWith("step-")) {
                CheckpointReader.open(run.resolve("checkpoints").resolve(name)).verify();
                checkpoints++;
            }
        }
        if (Files.exists(run.resolve("model"))) {
            assertTrue(names(run.resolve("model")).containsAll(List.of("config.json", "model.safetensors", "README.md",
                    "tokenizer.model")), names(run.resolve("model")).toString());
        }
        if (Files.exists(run.resolve("config.yaml"))) {
            TrainConfig.load(run.resolve("config.yaml"), List.of());
        }
        return checkpoints;
    }

    private void assertSameModel(Path run) throws Exception {
        Path straight = dir.resolve("straight");
        if (!Files.exists(straight)) {
            assertEquals(0, end(start("train", "--config", configuration(straight).toString(), "-q")), said());
        }
        for (String file : List.of("model/model.safetensors", "checkpoints/step-" + STEPS + "/optimizer.safetensors")) {
            assertArrayEquals(Files.readAllBytes(straight.resolve(file)), Files.readAllBytes(run.resolve(file)), file);
        }
    }

    private static void assertStepsOnce(Path run) throws IOException {
        Set<Long> seen = new HashSet<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.has("loss")) {
                assertTrue(seen.add(json.get("step").asLong()), "step " + json.get("step") + " stands twice");
            }
        }
        assertTrue(seen.contains((long) STEPS) && seen.size() >= STEPS / 10, seen.toString());
    }

    /** A fast machine ends a run before its share of kills; another run then takes the rest, and all must end alike. */
    @Test
    void killedAtRandomMomentsAndResumed() throws Exception {
        Random random = new Random(20261124);
        int kills = 0;
        for (int number = 1; kills < KILLS; number++) {
            assertTrue(number <= KILLS, "only " + kills + " of " + (number - 1) + " runs could be killed");
            Path run = dir.resolve("run-" + number);
            kills += killAndResume(run, KILLS - kills, random);
            assertNothingHalf(run);
            assertEquals(Set.of("step-" + (STEPS - 10), "step-" + STEPS), Set.copyOf(names(run.resolve("checkpoints"))));
            assertSameModel(run);
            assertStepsOnce(run);
        }
    }

    /** Trains to the end, killed at most so many times on the way; returns how many times it was. */
    private int killAndResume(Path run, int most, Random random) throws Exception {
        Path config = configuration(run);
        int kills = 0;
        while (true) {
            int checkpoints = assertNothingHalf(run);
            if (checkpoints == 0 && Files.exists(run)) {
                TinyRun.deleteTree(run);
            }
            Process process = checkpoints > 0 ? start("train", "--config", config.toString(), "--resume", "-q")
                    : start("train", "--config", config.toString(), "-q");
            if (kills < most) {
                // The first falls anywhere from the JVM's start on, the others after a checkpoint, so that the run gets on.
                if (kills > 0) {
                    List<String> before = names(run.resolve("checkpoints"));
                    waitUntil(process, () -> hasNew(run.resolve("checkpoints"), before));
                }
                if (!process.waitFor(random.nextInt(kills == 0 ? 1500 : 400), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            }
            // The run may have ended by itself just before the signal.
            int code = end(process);
            if (code == 0) {
                return kills;
            }
            assertEquals(137, code, said());
            kills++;
        }
    }

    @Test
    void interruptSavesAndSaysHowToGoOn() throws Exception {
        Path run = dir.resolve("run");
        Process process = start("train", "--config", configuration(run).toString(), "--set", "train.save_steps=0");
        waitUntil(process, () -> run.resolve("metrics.jsonl").toFile().length() > 0);
        interrupt(process);
        assertEquals(130, end(process), said());
        List<String> left = names(run.resolve("checkpoints"));
        assertEquals(1, left.size(), left + said());
        long step = Long.parseLong(left.getFirst().substring("step-".length()));
        assertTrue(step > 0 && step < STEPS, left.toString());
        assertTrue(said().contains("stopping; a checkpoint will be written"), said());
        assertTrue(said().replace(",", "").contains("stopped after step " + step + "; continue with: saryu train"
                + " --config " + run.resolve("config.yaml") + " --resume\n"), said());
        assertNothingHalf(run);
        Process rest = start("train", "--config", run.resolve("config.yaml").toString(), "--resume", "-q");
        assertEquals(0, end(rest), said());
        assertSameModel(run);
    }

    @Test
    void interruptLeavesNothingOfTextStages() throws Exception {
        Path raw = dir.resolve("raw.txt");
        List<String> lines = TinyRun.sample("hi", 5000);
        for (int i = 0; i < 80; i++) {
            Files.write(raw, lines, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        }
        Path out = Files.createDirectory(dir.resolve("output"));
        Process process = start("corpus", "clean", raw.toString(), "-o", out.resolve("clean.txt").toString(),
                "--keep-duplicates");
        waitUntil(process, () -> out.toFile().list().length > 0);
        interrupt(process);
        assertEquals(130, end(process), said());
        assertEquals(List.of(), names(out), said());
        assertTrue(said().contains("saryu: stopped before the end; no result was written, start again"), said());
        assertFalse(said().contains("\tat "), said());
    }

    private void interrupt(Process process) throws Exception {
        assertTrue(process.isAlive(), said());
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (Files.exists(status)) {
            String ignored = Files.readAllLines(status).stream().filter(l -> l.startsWith("SigIgn:")).findFirst()
                    .orElseThrow();
            assumeTrue((Long.parseUnsignedLong(ignored.replaceAll("\\D*:\\s*", ""), 16) & 2) == 0, "SIGINT is ignored");
        }
        assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor());
    }
}
