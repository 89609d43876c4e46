package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saryu.train.TinyRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the commands say to input that cannot be used: one sentence, the right exit code, nothing left. */
class BadInputTest {
    @TempDir
    Path dir;

    /** Makes the bad input in a folder and gives the command's arguments; results would go to {@code folder/result}. */
    @FunctionalInterface
    interface Preparation {
        List<String> arguments(Path folder) throws IOException;
    }

    /** A refusal: its exit code and what the sentence must hold. */
    record Case(String name, int exit, String mentions, Preparation preparation) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case corpus(String name, int exit, String mentions, byte[] content, String... arguments) {
        return new Case(name, exit, mentions, dir -> {
            Path file = dir.resolve("corpus.txt");
            if (content != null) {
                Files.write(file, content);
            }
            return replaced(arguments, dir);
        });
    }

    /** {@code @} stands for the case's folder, {@code %} for the shared one of {@link TinyRun}. */
    private static List<String> replaced(String[] arguments, Path dir) {
        return Arrays.stream(arguments).map(a -> a.replace("@", dir.toString())
                .replace("%", TinyRun.get().tokenizer().getParent().toString())).toList();
    }

    static Stream<Case> corpora() {
        byte[] latin = "caf\u00e9 au lait\nplain\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] words = "two words\n".getBytes(StandardCharsets.UTF_8);
        List<String> readers = List.of("corpus clean @/corpus.txt -o @/result",
                "corpus split @/corpus.txt --train @/result --validation @/result2",
                "corpus sample en=@/corpus.txt -o @/result --lines 5 --share en=1",
                "tokenizer train @/corpus.txt -o @/result --vocab-size 500",
                "tokenizer encode @/corpus.txt --tokenizer %/tokenizer -o @/result");
        List<Case> all = new ArrayList<>();
        for (String reader : readers) {
            String name = reader.substring(0, reader.indexOf(" ", reader.indexOf(' ') + 1));
            String[] arguments = reader.split(" ");
            all.add(corpus(name + ": missing", 1, "corpus.txt", null, arguments));
            all.add(corpus(name + ": empty", 1, "corpus.txt", new byte[0], arguments));
            all.add(corpus(name + ": blank lines", name.equals("corpus sample") ? 2 : 1, "text", "\n \n\n".getBytes(StandardCharsets.UTF_8), arguments));
            if (!name.equals("tokenizer train")) {
                all.add(corpus(name + ": not UTF-8", 1, "corpus.txt", latin, (reader + " --strict").split(" ")));
            }
            all.add(corpus(name + ": broken .xz", 1, "corpus.txt.xz", null,
                    reader.replace("corpus.txt", "corpus.txt.xz").split(" ")));
            for (String place : List.of("/proc/saryu/result", "@/corpus.txt/result")) {
                if (!name.equals("tokenizer train")) {
                    all.add(corpus(name + ": impossible place " + place, 1, place.contains("proc") ? "/proc/saryu"
                            : "corpus.txt", "some words here\nand more\n".repeat(300).getBytes(StandardCharsets.UTF_8),
                            reader.replace("@/result", place).split(" ")));
                }
            }
        }
        all.add(corpus("tokenizer train: vocabulary too large for the text", 1, "vocab", words,
                "tokenizer", "train", "@/corpus.txt", "-o", "@/result", "--vocab-size", "5000"));
        all.add(corpus("tokenizer train: vocabulary too small", 2, "vocab", words,
                "tokenizer", "train", "@/corpus.txt", "-o", "@/result", "--vocab-size", "10"));
        for (String place : List.of("/proc/saryu/result", "@/corpus.txt/result")) {
            all.add(new Case("tokenizer train: impossible place " + place, 1, place.contains("proc") ? "/proc/saryu"
                    : "corpus.txt", dir -> {
                        Files.write(dir.resolve("corpus.txt"), words);
                        return replaced(new String[] {"tokenizer", "train", "%/en.train.txt", "-o", place, "--vocab-size",
                            "600"}, dir);
                    }));
        }
        all.add(corpus("tokenizer encode: output is a folder", 1, "a folder of that name is in the way", words, "tokenizer", "encode", "@/corpus.txt",
                "--tokenizer", "%/tokenizer", "-o", "%"));
        all.add(corpus("tokenizer encode: no tokenizer", 1, "@/none", words, "tokenizer", "encode", "@/corpus.txt",
                "--tokenizer", "@/none", "-o", "@/result"));
        return all.stream();
    }

    private static Case model(String file, String how, String mentions, UnaryOperator<byte[]> damage) {
        return new Case("generate: " + file + " " + how, 1, mentions, dir -> {
            Path model = TinyRun.get().copyOfModel(dir.resolve("model"));
            byte[] damaged = damage.apply(Files.readAllBytes(model.resolve(file)));
            if (damaged == null) {
                Files.delete(model.resolve(file));
            } else {
                Files.write(model.resolve(file), damaged);
            }
            return generate(model);
        });
    }

    private static List<String> generate(Path model, String... more) {
        List<String> arguments = new ArrayList<>(List.of("generate", "--model", model.toString(), "--prompt", "The",
                "--max-new-tokens", "4", "--greedy"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static UnaryOperator<byte[]> replacing(String what, String by) {
        return bytes -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertTrue(text.contains(what), text);
            return text.replace(what, by).getBytes(StandardCharsets.UTF_8);
        };
    }

    static Stream<Case> models() {
        byte[] noise = new byte[5000];
        new Random(3).nextBytes(noise);
        List<Case> all = new ArrayList<>();
        for (String file : List.of("model.safetensors", "tokenizer.model", "config.json")) {
            all.add(model(file, "missing", file.equals("config.json") ? "/model": file, b -> null));
            all.add(model(file, "empty", file, b -> new byte[0]));
            all.add(model(file, "cut in half", file, b -> Arrays.copyOf(b, b.length / 2)));
            all.add(model(file, "one byte short", file, b -> Arrays.copyOf(b, b.length - (file.endsWith("json") ? 2 : 1))));
            all.add(model(file, "with bytes behind its end", file, b -> joined(b, noise)));
            all.add(model(file, "noise", file, b -> noise.clone()));
            all.add(model(file, "of zeros", file, b -> new byte[b.length]));
        }
        all.add(model("config.json", "far too large", "config.json", b -> joined(" ".repeat(30 << 20)
                .getBytes(StandardCharsets.UTF_8), b)));
        all.add(model("config.json", "of another architecture", "config.json",
                replacing("Qwen3ForCausalLM", "LlamaForCausalLM")));
        all.add(model("config.json", "with a text for a number", "hidden_size",
                replacing("\"hidden_size\": 32", "\"hidden_size\": \"wide\"")));
        all.add(model("config.json", "of another size", "its config.json calls for",
                replacing("\"hidden_size\": 32", "\"hidden_size\": 64")));
        all.add(model("config.json", "of an absurd size", "hidden_size must be from 1 to",
                replacing("\"hidden_size\": 32", "\"hidden_size\": 2147483640")));
        all.add(model("config.json", "with a smaller vocabulary", "/model",
                replacing("\"vocab_size\": " + TinyRun.VOCABULARY, "\"vocab_size\": 600")));
        all.add(new Case("generate: no model", 1, "/none", dir -> generate(dir.resolve("none"))));
        all.add(new Case("generate: a file as model", 1, "file", dir -> generate(Files.write(dir.resolve("file"), noise))));
        all.add(new Case("generate: prompt longer than the context", 2, "max_position_embeddings is 64",
                dir -> generate(TinyRun.get().model(), "--prompt", "long words ".repeat(100))));
        all.add(new Case("generate: unknown type of weights", 2, "int4",
                dir -> generate(TinyRun.get().model(), "--dtype", "int4")));
        all.add(new Case("generate: unknown device", 2, "tpu", dir -> generate(TinyRun.get().model(), "--device", "tpu")));
        all.add(new Case("generate: negative top-k", 2, "top-k", dir -> generate(TinyRun.get().model(), "--top-k", "-1")));
        all.add(new Case("generate: too many threads", 2, "threads",
                dir -> generate(TinyRun.get().model(), "--threads", "5000")));
        all.add(new Case("generate: unknown escape", 2, "\\q", dir -> generate(TinyRun.get().model(), "--prompt", "\\q")));
        all.add(new Case("generate: no file of prompts", 1, "none.txt",
                dir -> generate(TinyRun.get().model(), "--prompts", dir.resolve("none.txt").toString())));
        all.add(new Case("generate: prompts are a folder", 2, "is the folder",
                dir -> generate(TinyRun.get().model(), "--prompts", dir.toString())));
        all.add(new Case("generate: prompts not UTF-8", 2, "prompts.txt", dir -> generate(TinyRun.get().model(), "--prompts",
                Files.write(dir.resolve("prompts.txt"), new byte[] {(byte) 0xE9, '\n'}).toString())));
        all.add(new Case("eval: token file of another tokenizer", 2, "en.train.bin", dir -> {
            TinyRun.get().trainTokenizer(dir.resolve("other"), List.of("en"));
            TinyRun.get().encode(dir.resolve("other"), dir);
            return eval("en=" + dir.resolve("en.train.bin"));
        }));
        all.add(new Case("eval: no token file", 1, "none.bin", dir -> eval("en=" + dir.resolve("none.bin"))));
        all.add(new Case("eval: not NAME=FILE", 2, "NAME=VALUE", dir -> eval("en.bin")));
        all.add(new Case("eval: context too long", 2, "--context is 65",
                dir -> eval("en=" + TinyRun.get().tokens("en", "validation"), "--context", "65")));
        all.add(new Case("eval: truncated token file", 1, "cut.bin", dir -> {
            byte[] tokens = Files.readAllBytes(TinyRun.get().tokens("en", "validation"));
            Files.write(dir.resolve("cut.bin"), Arrays.copyOf(tokens, tokens.length / 2));
            for (String side : List.of(".json")) {
                Path description = Path.of(TinyRun.get().tokens("en", "validation") + side);
                if (Files.exists(description)) {
                    Files.copy(description, dir.resolve("cut.bin" + side));
                }
            }
            return eval("en=" + dir.resolve("cut.bin"));
        }));
        return all.stream();
    }

    private static List<String> eval(String data, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("eval", "--model", TinyRun.get().model().toString(), "--data", data));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static Case training(String name, int exit, String mentions, String... sets) {
        return new Case("train: " + name, exit, mentions, dir -> train(dir, TinyRun.get().yaml(dir.resolve("result")), sets));
    }

    private static List<String> train(Path dir, String yaml, String... sets) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("train", "--config",
                Files.writeString(dir.resolve("a.yaml"), yaml).toString()));
        for (String set : sets) {
            arguments.addAll(replaced(new String[] {"--set", set}, dir));
        }
        return arguments;
    }

    static Stream<Case> trainings() {
        return Stream.of(
                new Case("train: no configuration", 2, "none.yaml",
                        dir -> List.of("train", "--config", dir.resolve("none.yaml").toString())),
                new Case("train: unknown key", 2, "did you mean 'learning_rate'?", dir -> train(dir,
                        TinyRun.get().yaml(dir.resolve("result")).replace("learning_rate", "learning_rat"))),
                new Case("train: not YAML", 2, "a.yaml is not valid YAML", dir -> train(dir, "model: [1, 2")),
                new Case("train: empty configuration", 2, "a.yaml is empty", dir -> train(dir, "")),
                new Case("train: a folder as configuration", 1, "configuration file",
                        dir -> List.of("train", "--config", dir.toString())),
                training("wrong type", 2, "'train.max_steps' is 'many'", "train.max_steps=many"),
                training("negative rate", 2, "train.learning_rate", "train.learning_rate=-1"),
                training("context longer than the data", 2, "context_length 40000 is longer than the data",
                        "data.context_length=40000", "model.max_position_embeddings=40000"),
                training("context longer than the model", 2, "data.context_length", "data.context_length=65"),
                training("no token file", 1, "none.bin", "data.train.en.file=@/none.bin"),
                training("no tokenizer", 1, "/none", "data.tokenizer=@/none"),
                training("a token file that is text", 1, "en.train.txt", "data.train.en.file=%/en.train.txt"),
                training("vocabulary smaller than the tokenizer's", 2, "model.vocab_size", "model.vocab_size=300"),
                training("impossible place", 1, "/proc/saryu", "train.output_dir=/proc/saryu/run"),
                training("a file in the way", 1, "a.yaml", "train.output_dir=@/a.yaml"),
                training("a place below a file", 1, "a.yaml", "train.output_dir=@/a.yaml/run"),
                training("a rate that breaks the weights", 1, "training broke down at step", "train.learning_rate=1e30",
                        "train.max_grad_norm=0", "train.warmup_steps=0", "train.bad_loss=stop"),
                training("more memory than there is", 2, "take a smaller model or a machine with more memory",
                        "model.hidden_size=16384", "model.intermediate_size=65536", "model.num_hidden_layers=200"),
                training("early stopping without validation", 2, "train.early_stopping_patience",
                        "train.early_stopping_patience=3", "data.validation={}"),
                training("the best model without evaluations", 2, "train.load_best_model_at_end",
                        "train.load_best_model_at_end=true", "train.eval_steps=0"),
                new Case("train: resume without a run", 2, "there is no run in", dir -> {
                    List<String> arguments = new ArrayList<>(train(dir, TinyRun.get().yaml(dir.resolve("result"))));
                    arguments.add("--resume");
                    return arguments;
                }),
                new Case("quickstart: a folder with something in it", 2, "quick", dir -> {
                    Files.writeString(Files.createDirectories(dir.resolve("quick")).resolve("mine.txt"), "mine");
                    return List.of("quickstart", "--out", dir.resolve("quick").toString());
                }),
                new Case("quickstart: impossible place", 1, "/proc/saryu",
                        dir -> List.of("quickstart", "--out", "/proc/saryu/quick")));
    }

    @ParameterizedTest
    @MethodSource({"corpora", "models", "trainings"})
    void isRefusedInOneSentence(Case bad) throws Exception {
        List<String> arguments = new ArrayList<>(bad.preparation.arguments(dir));
        arguments.add("-q");
        if (bad.name.contains("broken .xz")) {
            byte[] xz = BadInputTest.class.getResourceAsStream("/sample/awa.txt.xz").readAllBytes();
            Files.write(dir.resolve("corpus.txt.xz"), Arrays.copyOf(xz, xz.length / 2));
        }
        List<String> before = names(dir);
        Cli cli = Cli.run(arguments.toArray(String[]::new));
        assertRefusal(bad.exit, bad.mentions.replace("@", dir.toString()), cli);
        // A run that broke down keeps what tells about it, but has neither checkpoint nor model.
        List<String> after = names(dir);
        if (bad.mentions.startsWith("training broke down")) {
            after = after.stream().filter(n -> !n.startsWith("result/") || n.startsWith("result/model")
                    || n.startsWith("result/checkpoints/")).toList();
        }
        assertEquals(before, after);
    }

    private static void assertRefusal(int exit, String mentions, Cli cli) {
        List<String> lines = cli.err().lines().toList();
        assertEquals(1, lines.size(), cli.err());
        assertTrue(lines.getFirst().startsWith("saryu: "), cli.err());
        assertTrue(lines.getFirst().contains(mentions), cli.err());
        assertFalse(cli.err().contains("--debug") || cli.err().contains("Exception"), cli.err());
        assertEquals(exit, cli.exit(), cli.err());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString()).sorted().toList();
        }
    }

    @Test
    void aFullDiskIsSaid() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")) && new ProcessBuilder("/bin/mount", "-t", "tmpfs", "-o",
                "size=64k", "none", disk.toString()).redirectErrorStream(true).start().waitFor() == 0);
        try {
            Path text = TinyRun.get().text("hi", "train");
            Path large = dir.resolve("large.txt");
            Files.writeString(large, Files.readString(text).repeat(20));
            String out = disk.resolve("result").toString();
            for (List<String> arguments : List.of(
                    List.of("corpus", "clean", large.toString(), "-o", out, "--keep-duplicates"),
                    List.of("tokenizer", "encode", large.toString(), "--tokenizer", TinyRun.get().tokenizer().toString(),
                            "-o", out),
                    List.of("tokenizer", "train", large.toString(), "-o", out, "--vocab-size", "3000"),
                    List.of("quickstart", "--out", out))) {
                List<String> quiet = new ArrayList<>(arguments);
                quiet.add("-q");
                assertRefusal(1, disk.toString(), Cli.run(quiet.toArray(String[]::new)));
                List<String> left = names(disk);
                if (arguments.getFirst().equals("quickstart")) {
                    TinyRun.deleteTree(Path.of(out));
                } else {
                    assertEquals(List.of(), left, arguments.toString());
                }
            }
            List<String> train = new ArrayList<>(train(dir, TinyRun.get().yaml(disk.resolve("result"))));
            train.add("-q");
            assertRefusal(1, disk.toString(), Cli.run(train.toArray(String[]::new)));
            assertEquals(List.of(), names(disk).stream().filter(n -> n.contains("step-") || n.contains("model")).toList());
        } finally {
            new ProcessBuilder("/bin/umount", disk.toString()).start().waitFor();
        }
    }

    @Test
    void aLimitOfFileSizeIsSaid() throws Exception {
        Path shell = Path.of("/bin/sh");
        assumeTrue(Files.isExecutable(shell));
        Path run = dir.resolve("result");
        List<String> command = new ArrayList<>(List.of(shell.toString(), "-c", "ulimit -f 400 && exec \"$@\"", "sh"));
        command.addAll(TinyRun.java(Main.class.getName()));
        // OpenBLAS is larger than the limit and must be unpacked first; the reference backend needs no library.
        command.addAll(train(dir, TinyRun.get().yaml(run), "device=reference", "train.save_steps=1",
                "train.per_device_train_batch_size=1", "model.hidden_size=64"));
        command.add("-q");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertRefusal(1, run.toString(), new Cli(process.waitFor(), "", said));
        assertEquals(List.of(), names(run).stream().filter(n -> n.startsWith("checkpoints/") || n.startsWith("model"))
                .toList());
    }
}
