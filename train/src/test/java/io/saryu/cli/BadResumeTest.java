package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saryu.files.SafetensorsFile;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.train.CheckpointReader;
import io.saryu.train.CheckpointWriter;
import io.saryu.train.Fingerprint;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.RunFolder;
import io.saryu.train.TinyRun;
import io.saryu.train.TrainConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can be wrong with a run that is to go on: one sentence each, and the checkpoints that were good before are so after,
 * byte for byte.
 */
class BadResumeTest {
    private static final int STOPPED_AT = 10;

    @TempDir
    static Path shared;
    @TempDir
    Path dir;

    /** Makes it bad: files of the run, or what the next command says. */
    @FunctionalInterface
    interface Damage {
        /** @return overrides for the command line */
        List<String> to(Path run, Path dir) throws IOException;
    }

    /**
     * @param advice what the sentence ends with
     */
    record Case(String name, int exit, String mentions, String advice, Damage damage) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A run with the checkpoints of steps 5 and 10. */
    @BeforeAll
    static void trainTenSteps() throws IOException {
        stopped(TinyRun.get().config(shared.resolve("run")));
    }

    private static void stopped(TrainConfig config) throws IOException {
        int[] asked = {0};
        int last = STOPPED_AT * config.train().gradientAccumulationSteps();
        assertTrue(Pretraining.start(config, "tiny", Progress.NONE, () -> ++asked[0] == last).outcome().stopped());
    }

    /** A copy of that run in this test's folder. */
    private Path copyOfRun() throws IOException {
        Path run = dir.resolve("run");
        try (Stream<Path> all = Files.walk(shared.resolve("run"))) {
            for (Path from : (Iterable<Path>) all::iterator) {
                Files.copy(from, run.resolve(shared.resolve("run").relativize(from).toString()));
            }
        }
        TrainConfig config = TrainConfig.load(run.resolve("config.yaml"), List.of());
        Files.writeString(run.resolve("config.yaml"), config.withOutputDir(run.toString()).toYaml());
        return run;
    }

    private static Case damaged(String file, String how, String mentions, UnaryOperator<byte[]> change) {
        return new Case(file + " " + how, 1, mentions, "step-5 is good: resume from it with --resume=step-5", (run, dir) -> {
            Path path = run.resolve("checkpoints/step-10").resolve(file);
            byte[] changed = change.apply(Files.readAllBytes(path));
            if (changed == null) {
                Files.delete(path);
            } else {
                Files.write(path, changed);
            }
            return List.of();
        });
    }

    private static Case changed(String name, String mentions, String advice, Damage damage) {
        return new Case(name, 2, mentions, advice, damage);
    }

    private static byte[] flipped(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[changed.length / 2] ^= 1;
        return changed;
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (String file : List.of("model.safetensors", "optimizer.safetensors", "trainer_state.json")) {
            all.add(damaged(file, "cut in half", file, b -> Arrays.copyOf(b, b.length / 2)));
            all.add(damaged(file, "empty", file, b -> new byte[0]));
            all.add(damaged(file, "gone", "there is no " + file, b -> null));
            all.add(damaged(file, "with another bit", file, BadResumeTest::flipped));
        }
        all.add(changed("a checkpoint of another model", "the checkpoint of step 10 belongs to another model",
                "start a new run in another output_dir", (run, dir) -> List.of("model.intermediate_size=96")));
        all.add(changed("another tokenizer with its token files", "the checkpoint of step 10 belongs to another tokenizer",
                "start a new run in another output_dir", (run, dir) -> {
                    TinyRun.get().trainTokenizer(dir.resolve("tokenizer"), List.of("hi", "awa"));
                    TinyRun.get().encode(dir.resolve("tokenizer"), dir);
                    List<String> sets = new ArrayList<>(List.of("data.tokenizer='" + dir.resolve("tokenizer") + "'"));
                    for (String language : TinyRun.LANGUAGES) {
                        sets.add("data.train." + language + ".file='" + dir.resolve(language + ".train.bin") + "'");
                        sets.add("data.validation." + language + "='" + dir.resolve(language + ".validation.bin") + "'");
                    }
                    return sets;
                }));
        all.add(changed("another tokenizer", "was encoded with another tokenizer than data.tokenizer",
                "or name the tokenizer that made it", (run, dir) -> {
                    TinyRun.get().trainTokenizer(dir.resolve("tokenizer"), List.of("hi", "awa"));
                    return List.of("data.tokenizer='" + dir.resolve("tokenizer") + "'");
                }));
        all.add(changed("a token file of other text", "the checkpoint of step 10 belongs to another set of data",
                "start a new run in another output_dir", (run, dir) -> List.of("data.train.en.file='"
                        + TinyRun.get().tokens("en", "validation") + "'")));
        all.add(new Case("a token file cut in half", 1, "en.train.bin", "", (run, dir) -> {
            Path tokens = TinyRun.get().tokens("en", "train");
            byte[] whole = Files.readAllBytes(tokens);
            Files.write(dir.resolve("en.train.bin"), Arrays.copyOf(whole, whole.length / 2));
            Files.copy(Path.of(tokens + ".json"), dir.resolve("en.train.bin.json"));
            return List.of("data.train.en.file='" + dir.resolve("en.train.bin") + "'");
        }));
        all.add(changed("more memory than there is", "this run needs ", "take a smaller model or a machine with more memory",
                (run, dir) -> List.of("model.hidden_size=16384", "model.intermediate_size=65536",
                        "model.num_hidden_layers=200")));
        all.add(changed("weights that are not numbers", "the checkpoint of step 10 holds what no training can go on from, the first"
                + " model.norm.weight[3] = NaN", "or start again with a lower learning_rate", (run, dir) -> {
                    rewrite(run, "model.norm.weight", 3, Double.NaN);
                    return List.of();
                }));
        return all.stream();
    }

    /** Writes checkpoint step-10 again with one weight changed, checksums and all. */
    private static void rewrite(Path run, String tensor, int index, double value) throws IOException {
        try (RunFolder folder = RunFolder.resume(run)) {
            Path checkpoint = folder.checkpoint(STOPPED_AT);
            Map<String, Tensor> weights = tensors(checkpoint.resolve("model.safetensors"));
            weights.get(tensor).set(index, value);
            CheckpointWriter.write(folder, CheckpointReader.open(checkpoint).state(), weights,
                    tensors(checkpoint.resolve("optimizer.safetensors")));
        }
    }

    private static Map<String, Tensor> tensors(Path file) throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (SafetensorsFile f = SafetensorsFile.open(file)) {
            for (String name : f.names()) {
                all.put(name, Tensor.allocate(name, DType.F32, f.info(name).shape()));
                f.read(name, all.get(name).segment());
            }
        }
        return all;
    }

    private static List<String> resume(Path run, List<String> sets) {
        List<String> arguments = new ArrayList<>(List.of("train", "--config", run.resolve("config.yaml").toString(), "--resume",
                "-q"));
        sets.forEach(s -> arguments.addAll(List.of("--set", s)));
        return arguments;
    }

    private static void assertRefusal(int exit, String mentions, String advice, String err, int actualExit) {
        List<String> lines = err.lines().toList();
        assertEquals(1, lines.size(), err);
        assertTrue(lines.getFirst().startsWith("saryu: ") && lines.getFirst().contains(mentions)
                && lines.getFirst().endsWith(advice), err);
        assertFalse(err.contains("--debug") || err.contains("Exception"), err);
        assertEquals(exit, actualExit, err);
    }

    /** Path to content, the lock file left out: a refused run may have written its process number there. */
    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).filter(f -> !f.endsWith(".lock")).toList()) {
                all.put(folder.relativize(file).toString(), Fingerprint.of(file));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedInOneSentence(Case bad) throws Exception {
        Path run = copyOfRun();
        List<String> sets = bad.damage.to(run, dir);
        Map<String, String> before = contents(run);
        Cli cli = Cli.run(resume(run, sets).toArray(String[]::new));
        assertRefusal(bad.exit, bad.mentions, bad.advice, cli.err(), cli.exit());
        assertEquals(before, contents(run));
        CheckpointReader.open(run.resolve("checkpoints/step-5")).verify();
    }

    /** What the refusals advise leads to the model of a run that was never stopped. */
    @Test
    void theOlderCheckpointLeadsToTheSameModel() throws Exception {
        Path run = copyOfRun();
        Files.delete(run.resolve("checkpoints/step-10/model.safetensors"));
        List<String> arguments = resume(run, List.of());
        arguments.set(arguments.indexOf("--resume"), "--resume=step-5");
        Cli cli = Cli.run(arguments.toArray(String[]::new));
        assertEquals(0, cli.exit(), cli.err());
        assertArrayEquals(Files.readAllBytes(TinyRun.get().model().resolve("model.safetensors")),
                Files.readAllBytes(run.resolve("model/model.safetensors")));
    }

    private Process process(List<String> prefix, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(TinyRun.java(Main.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(dir.resolve("said").toFile()).start();
    }

    private String said() throws IOException {
        return Files.readString(dir.resolve("said"), StandardCharsets.UTF_8);
    }

    @Test
    void aSecondRunInTheFolderIsRefusedAndTheFirstGoesOn() throws Exception {
        Path run = copyOfRun();
        long lines = Files.readAllLines(run.resolve("metrics.jsonl")).size();
        Process first = process(List.of(), resume(run, List.of("train.max_steps=1000000", "train.eval_steps=0",
                "train.lr_scheduler_type=constant", "train.save_steps=0")));
        try {
            while (first.isAlive() && Files.readAllLines(run.resolve("metrics.jsonl")).size() <= lines) {
                Thread.sleep(20);
            }
            String sentence = "another run works in " + run + " (process " + first.pid() + "); wait for it, or give another folder"
                    + " with --set train.output_dir=FOLDER";
            Cli second = Cli.run(resume(run, List.of()).toArray(String[]::new));
            assertRefusal(1, sentence, "", second.err(), second.exit());
            Cli fresh = Cli.run("train", "-q", "--config", Files.writeString(dir.resolve("a.yaml"), TinyRun.get().yaml(run))
                    .toString());
            assertRefusal(1, sentence, "", fresh.err(), fresh.exit());
            assertTrue(first.isAlive(), said());
            // Not Process.destroy, whose exit code is the same but which closes our end of its output.
            first.toHandle().destroy();
            assertTrue(first.waitFor(60, TimeUnit.SECONDS), "the first run hangs");
        } finally {
            first.destroyForcibly();
        }
        assertTrue(said().contains("stopped after step "), said());
        try (RunFolder folder = RunFolder.resume(run)) {
            List<Long> steps = folder.checkpointSteps();
            assertTrue(steps.size() == 3 && steps.getFirst() > STOPPED_AT, steps.toString());
            for (long step : steps) {
                CheckpointReader.open(folder.checkpoint(step)).verify();
            }
        }
    }

    /** The older checkpoints stay, and with room again the run ends as if nothing had been. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatFillsUpDuringACheckpoint() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")) && new ProcessBuilder("/bin/mount", "-t", "tmpfs", "-o",
                "size=8m", "none", disk.toString()).redirectErrorStream(true).start().waitFor() == 0);
        try {
            Path run = disk.resolve("run");
            long checkpoint = contentBytes(shared.resolve("run/checkpoints/step-5"));
            Path filler = Files.write(disk.resolve("filler"), new byte[(int) ((8 << 20) - 5 * checkpoint / 2)]);
            Path config = Files.writeString(dir.resolve("a.yaml"), TinyRun.get().yaml(run));
            Cli full = Cli.run("train", "-q", "--config", config.toString());
            assertRefusal(1, "cannot write " + run.resolve("checkpoints/step-15"), ": the disk is full; free some space or choose"
                    + " another folder", full.err(), full.exit());
            try (RunFolder folder = RunFolder.resume(run)) {
                assertEquals(List.of(10L, 5L), folder.checkpointSteps());
                for (long step : folder.checkpointSteps()) {
                    CheckpointReader.open(folder.checkpoint(step)).verify();
                }
            }
            assertFalse(contents(run).keySet().stream().anyMatch(n -> n.contains(".tmp")), contents(run).toString());
            Files.delete(filler);
            Cli rest = Cli.run(resume(run, List.of()).toArray(String[]::new));
            assertEquals(0, rest.exit(), rest.err());
            assertArrayEquals(Files.readAllBytes(TinyRun.get().model().resolve("model.safetensors")),
                    Files.readAllBytes(run.resolve("model/model.safetensors")));
        } finally {
            new ProcessBuilder("/bin/umount", disk.toString()).start().waitFor();
        }
    }

    private static long contentBytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    /** Where no disk can be mounted: a limit on the size of files, in a process of its own. */
    @Test
    void aLimitOfFileSizeDuringACheckpoint() throws Exception {
        Path shell = Path.of("/bin/sh");
        assumeTrue(Files.isExecutable(shell));
        Path run = dir.resolve("run");
        // OpenBLAS is larger than the limit and must be unpacked first; the reference backend needs no library.
        TrainConfig config = TinyRun.get().config(run, "device=reference", "train.per_device_train_batch_size=1",
                "train.save_steps=2", "train.eval_steps=0", "model.hidden_size=64", "data.validation={}");
        int[] asked = {0};
        Pretraining.start(config, "tiny", Progress.NONE, () -> ++asked[0] == 6);
        Map<String, String> before = contents(run.resolve("checkpoints"));
        Process process = process(List.of(shell.toString(), "-c", "ulimit -f 400 && exec \"$@\"", "sh"),
                resume(run, List.of()));
        int exit = process.waitFor();
        assertRefusal(1, "cannot write " + run.resolve("checkpoints/step-4"), "", said(), exit);
        assertEquals(before, contents(run.resolve("checkpoints")));
        CheckpointReader.open(run.resolve("checkpoints/step-3")).verify();
    }
}
