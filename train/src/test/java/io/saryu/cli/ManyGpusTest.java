package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.train.TinyRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that train together on emulated GPUs, started by 'saryu launch' or by variables as torchrun sets them. */
@EnabledOnOs(OS.LINUX)
class ManyGpusTest {
    private static final long LONGEST_SECONDS = 180;
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path dir;

    /** What a process prints goes to files of its name. */
    private record Started(String name, Process process) {
    }

    private Started start(String name, Map<String, String> variables, List<String> arguments) throws IOException {
        List<String> command = TinyRun.java(Main.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(dir.resolve(name + ".out").toFile())
                .redirectError(dir.resolve(name + ".err").toFile());
        builder.environment().putAll(Map.of("SARYU_CUDA", "emulated", "SARYU_EMULATED_DEVICES", "4"));
        builder.environment().putAll(variables);
        return new Started(name, builder.start());
    }

    private String said(Started p) throws IOException {
        return Files.readString(dir.resolve(p.name() + ".out")) + Files.readString(dir.resolve(p.name() + ".err"));
    }

    private int end(Started p) throws Exception {
        if (!p.process().waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            p.process().destroyForcibly();
            throw new AssertionError("the process hangs: " + said(p));
        }
        return p.process().exitValue();
    }

    /** Two ranks of a launcher that have begun to train. */
    private Started launch(Path run, String... overrides) throws Exception {
        List<String> launch = new ArrayList<>(List.of("launch", "--gpus", "2", "--"));
        launch.addAll(train(run, overrides));
        Started launcher = start("launcher", Map.of(), launch);
        waitUntil(launcher, () -> run.resolve("metrics.jsonl").toFile().length() > 0);
        return launcher;
    }

    private List<String> train(Path run, String... overrides) throws IOException {
        Path config = Files.writeString(dir.resolve(run.getFileName() + ".yaml"), TinyRun.get().yaml(run));
        List<String> arguments = new ArrayList<>(List.of("train", "--config", config.toString()));
        List<String> all = new ArrayList<>(List.of("device=cuda", "data.validation={}", "train.eval_steps=0",
                "train.gradient_accumulation_steps=1", "num_devices=4", "train.max_steps=6", "train.save_steps=3"));
        all.addAll(List.of(overrides));
        all.forEach(o -> arguments.addAll(List.of("--set", o)));
        return arguments;
    }

    private static List<Double> losses(Path run) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.has("loss")) {
                losses.add(json.get("loss").asDouble());
            }
        }
        return losses;
    }

    private static void assertSameLosses(List<Double> expected, List<Double> seen) {
        assertEquals(expected.size(), seen.size(), seen.toString());
        for (int s = 0; s < expected.size(); s++) {
            assertEquals(expected.get(s), seen.get(s), TOLERANCE, "loss of step " + (s + 1));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Math.min(free.getLocalPort(), 65_000);
        }
    }

    private static Map<String, String> rank(int rank, int port, int timeoutSeconds) {
        return Map.of("RANK", Integer.toString(rank), "LOCAL_RANK", Integer.toString(rank), "WORLD_SIZE", "2", "MASTER_ADDR",
                "127.0.0.1", "MASTER_PORT", Integer.toString(port), "SARYU_PEER_TIMEOUT", Integer.toString(timeoutSeconds));
    }

    /** One device with four accumulation steps; four devices of one process; two processes of two devices, resumed half-way. */
    @Test
    @Tag("slow")
    void processesAndThreadsAgreeWithAccumulation() throws Exception {
        Path one = dir.resolve("one");
        Path threads = dir.resolve("threads");
        Path processes = dir.resolve("processes");
        Started single = start("one", Map.of(), train(one, "num_devices=1", "train.gradient_accumulation_steps=4"));
        Started four = start("threads", Map.of(), train(threads));
        List<String> launch = new ArrayList<>(List.of("launch", "--gpus", "2", "--"));
        launch.addAll(train(processes, "train.max_steps=3"));
        Started two = start("processes", Map.of(), launch);
        assertEquals(0, end(single), said(single));
        assertEquals(0, end(four), said(four));
        assertEquals(0, end(two), said(two));
        assertTrue(Files.readString(dir.resolve("processes.out")).matches("(?s).*run: +" + processes + "\\n.*"), said(two));

        List<String> again = new ArrayList<>(List.of("launch", "--gpus", "2", "--"));
        again.addAll(train(processes));
        again.add("--resume=step-3");
        Started resumed = start("resumed", Map.of(), again);
        assertEquals(0, end(resumed), said(resumed));
        List<Double> expected = losses(one);
        assertEquals(6, expected.size());
        assertSameLosses(expected, losses(threads));
        assertSameLosses(expected, losses(processes));
    }

    /** As it is written, but for sizes and data: four devices of one process, fp16, three languages. */
    @Test
    @Tag("slow")
    void theSeedModelRunsAsWritten() throws Exception {
        Path run = dir.resolve("seed");
        TinyRun tiny = TinyRun.get();
        List<String> arguments = new ArrayList<>(List.of("train", "--config", Path.of("configs", "seed-120m.yaml").toString()));
        List<String> overrides = new ArrayList<>(List.of("model.vocab_size=0", "model.hidden_size=32", "model.intermediate_size=64",
                "model.num_hidden_layers=2", "model.num_attention_heads=2", "model.num_key_value_heads=2", "model.head_dim=16",
                "data.context_length=" + TinyRun.CONTEXT, "data.tokenizer=" + tiny.tokenizer(), "train.output_dir=" + run,
                "train.max_steps=3", "train.warmup_steps=1", "train.logging_steps=1", "train.gradient_accumulation_steps=2"));
        for (String language : TinyRun.LANGUAGES) {
            overrides.add("data.train." + language + ".file=" + tiny.tokens(language, "train"));
            overrides.add("data.validation." + language + "=" + tiny.tokens(language, "validation"));
        }
        overrides.forEach(o -> arguments.addAll(List.of("--set", o)));
        Started seed = start("seed", Map.of(), arguments);
        assertEquals(0, end(seed), said(seed));
        assertEquals(3, losses(run).size());
        assertTrue(Files.exists(run.resolve("model").resolve("model.safetensors")), said(seed));
    }

    @Test
    void ranksThatDifferAreRefused() throws Exception {
        int port = freePort();
        Started zero = start("zero", rank(0, port, 60), train(dir.resolve("run")));
        Started one = start("one", rank(1, port, 60), train(dir.resolve("run"), "train.learning_rate=0.5"));
        for (Started p : List.of(zero, one)) {
            assertEquals(2, end(p), said(p));
            assertTrue(said(p).contains("differ in train.learning_rate (0.5, not 0.003); start all ranks with the same version,"
                    + " configuration"), said(p));
        }
        assertFalse(Files.exists(dir.resolve("run").resolve("config.yaml")));
    }

    @Test
    void aRankThatNeverArrivesIsNamed() throws Exception {
        Started zero = start("zero", rank(0, freePort(), 2), train(dir.resolve("run")));
        assertEquals(1, end(zero), said(zero));
        assertTrue(said(zero).contains("saryu: ranks 2 and 3 did not arrive within 2 s"), said(zero));
    }

    @Test
    void launchRefusesWhatCannotBe() throws Exception {
        Started none = start("none", Map.of("SARYU_CUDA", "off"), List.of("launch", "--gpus", "2", "--", "train", "--config", "x"));
        Started many = start("many", Map.of(), List.of("launch", "--gpus", "5", "--", "train", "--config", "x"));
        Started other = start("other", Map.of(), List.of("launch", "--gpus", "2", "--", "eval"));
        List<String> three = new ArrayList<>(List.of("launch", "--gpus", "3", "--"));
        three.addAll(train(dir.resolve("run")));
        Started uneven = start("uneven", Map.of(), three);
        assertEquals(1, end(none), said(none));
        assertTrue(said(none).contains("saryu: device 'cuda' is not available: CUDA is turned off by SARYU_CUDA=off"), said(none));
        assertEquals(2, end(many), said(many));
        assertTrue(said(many).contains("--gpus is 5, but this machine shows 4 GPUs"), said(many));
        assertEquals(2, end(other), said(other));
        assertTrue(said(other).contains("'eval' does not run on several GPUs"), said(other));
        assertEquals(2, end(uneven), said(uneven));
        assertTrue(said(uneven).contains("num_devices is 4, and 3 processes were started"), said(uneven));
    }

    @Test
    void theCpuTakesOneProcess() throws Exception {
        Started zero = start("zero", rank(0, freePort(), 5), train(dir.resolve("run"), "device=cpu"));
        assertEquals(2, end(zero), said(zero));
        assertTrue(said(zero).contains("device cpu trains in one process"), said(zero));
    }

    /** Two processes of two devices, one of which is killed: the other ends with a sentence, which is not that of the time limit. */
    @Test
    @Tag("slow")
    void aKilledProcessEndsTheOtherWithASentence() throws Exception {
        for (int victim = 0; victim < 2; victim++) {
            int port = freePort();
            Path run = dir.resolve("run-" + victim);
            List<Started> both = List.of(start("zero", rank(0, port, 60), train(run, "train.max_steps=100000")),
                    start("one", rank(1, port, 60), train(run, "train.max_steps=100000")));
            waitUntil(both.get(0), () -> run.resolve("metrics.jsonl").toFile().length() > 0);
            assertTrue(both.get(1).process().isAlive(), said(both.get(1)));
            both.get(victim).process().destroyForcibly();
            Started other = both.get(1 - victim);
            assertEquals(1, end(other), said(other));
            String ranks = victim == 0 ? "ranks 0 and 1 (on " : "ranks 2 and 3 (on ";
            assertTrue(said(other).contains("saryu: lost " + ranks) && said(other).contains("the process has ended without a"
                    + " word") && said(other).contains("go on from its last checkpoint with --resume"), said(other));
        }
    }

    /** A process that does not answer any more, though its connections stand. */
    @Test
    @Tag("slow")
    void aSilentProcessIsNoticedInTime() throws Exception {
        int port = freePort();
        Path run = dir.resolve("run");
        Started zero = start("zero", rank(0, port, 5), train(run, "train.max_steps=100000"));
        Started one = start("one", rank(1, port, 5), train(run, "train.max_steps=100000"));
        waitUntil(zero, () -> run.resolve("metrics.jsonl").toFile().length() > 0);
        assertEquals(0, new ProcessBuilder("kill", "-STOP", Long.toString(one.process().pid())).start().waitFor());
        assertEquals(1, end(zero), said(zero));
        one.process().destroyForcibly();
        assertTrue(said(zero).contains("saryu: lost ranks 2 and 3 (on ") && said(zero).contains("nothing was heard of it for 5 s"), said(zero));
    }

    /** One rank's disaster: 'launch' ends the others, and says whose it was. */
    @Test
    @Tag("slow")
    void launchEndsAllWhenOneIsKilled() throws Exception {
        Path run = dir.resolve("run");
        Started launcher = launch(run, "train.max_steps=100000");
        ProcessHandle second = launcher.process().children().filter(p -> p.info().commandLine().orElse("").contains("train"))
                .max(Comparator.comparingLong(ProcessHandle::pid)).orElseThrow();
        second.destroyForcibly();
        assertEquals(1, end(launcher), said(launcher));
        assertTrue(said(launcher).contains("[0] saryu: lost ranks 2 and 3 (on "), said(launcher));
        assertTrue(said(launcher).contains("saryu: rank 1 was ended by signal 9"), said(launcher));
        assertEquals(0, launcher.process().children().count());
    }

    /** As a job system does it: the launcher alone is told, and all ranks save and end. */
    @Test
    @Tag("slow")
    void launchPassesOnThatAllShouldSaveAndEnd() throws Exception {
        Path run = dir.resolve("run");
        Started launcher = launch(run, "train.max_steps=100000", "train.save_steps=0");
        launcher.process().toHandle().destroy();
        assertEquals(143, end(launcher), said(launcher));
        assertTrue(said(launcher).contains("stopped after step ") && said(launcher).contains("--resume"), said(launcher));
        assertEquals(1, run.resolve("checkpoints").toFile().list().length, said(launcher));
    }

    /** Nobody can tell the ranks: they notice, save and end. */
    @Test
    @Tag("slow")
    void ranksEndWithAKilledLauncher() throws Exception {
        Path run = dir.resolve("run");
        Started launcher = launch(run, "train.max_steps=100000", "train.save_steps=0");
        List<ProcessHandle> ranks = launcher.process().children().toList();
        assertEquals(2, ranks.size(), said(launcher));
        launcher.process().destroyForcibly();
        assertEquals(137, end(launcher), said(launcher));
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        for (ProcessHandle rank : ranks) {
            while (runs(rank) && System.nanoTime() < limit) {
                Thread.sleep(20);
            }
            boolean left = runs(rank);
            rank.destroyForcibly();
            assertFalse(left, "a rank goes on without its launcher");
        }
        assertEquals(1, run.resolve("checkpoints").toFile().list().length, said(launcher));
    }

    /** Not counting what has ended and nobody has asked for, as its parent is gone. */
    private static boolean runs(ProcessHandle process) throws IOException {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        try {
            return !Files.readString(stat).replaceFirst("(?s).*\\) ", "").startsWith("Z");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void waitUntil(Started p, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        while (!condition.getAsBoolean() && p.process().isAlive() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
    }
}
