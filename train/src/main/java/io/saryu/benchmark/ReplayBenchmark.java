package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.LearningRateSchedule;
import io.saryu.tensor.DType;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TrainArguments;
import io.saryu.train.TrainConfig;
import io.saryu.train.TrainingData;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The same run in Saryu and in PyTorch: equal first weights, equal batches, equal learning rates, and the loss of every step
 * of both. Saryu's side is {@link Pretraining} itself; PyTorch's is {@code bench/peers/pytorch_replay.py}.
 */
public final class ReplayBenchmark {
    /**
     * Losses of each step, in nats a token.
     *
     * @param saryu   in fp32
     * @param pytorch in fp32
     * @param control PyTorch in float64: how much rounding alone changes, which training amplifies step by step
     */
    public record Result(double[] saryu, double[] pytorch, double[] control) {
        private static double difference(double[] a, double[] b, int step) {
            return Math.abs(a[step] - b[step]);
        }

        private static String summary(String name, double[] a, double[] b) {
            int worst = 0;
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                worst = difference(a, b, i) > difference(a, b, worst) ? i : worst;
                sum += difference(a, b, i);
            }
            return String.format(Locale.ROOT, "%s: mean difference %.2e, largest %.2e at step %d, nats a token%n", name,
                    sum / a.length, difference(a, b, worst), worst + 1);
        }

        /** A table for people. */
        public String table() {
            StringBuilder s = new StringBuilder(String.format("%8s %12s %12s %12s %22s%n", "step", "saryu", "pytorch", "difference",
                    "pytorch, its float64"));
            for (int i = 0; i < saryu.length; i++) {
                if (i == 0 || (i + 1) % Math.max(1, saryu.length / 10) == 0) {
                    s.append(String.format(Locale.ROOT, "%8d %12.6f %12.6f %12.1e %22.1e%n", i + 1, saryu[i],
                            pytorch[i], difference(saryu, pytorch, i), difference(pytorch, control, i)));
                }
            }
            return s.append(summary("Saryu and PyTorch", saryu, pytorch))
                    .append(summary("PyTorch in fp32 and in float64", pytorch, control)).toString();
        }
    }

    private ReplayBenchmark() {
    }

    /**
     * Runs both, one after the other.
     *
     * @param yaml   of a run, as for {@code saryu train}; its tokens must be there
     * @param steps  to take
     * @param python a Python with torch and transformers
     * @param peers  the folder of pytorch_replay.py
     * @throws IOException when a file cannot be read or written, or Python fails
     */
    public static Result run(Path yaml, int steps, String python, Path peers, Progress progress) throws IOException {
        Path folder = Files.createTempDirectory("saryu-replay");
        TrainConfig config = TrainConfig.load(yaml, List.of("train.max_steps=" + steps, "train.logging_steps=1",
                "train.eval_steps=0", "train.save_steps=0", "train.output_dir=" + folder.resolve("run"),
                "num_devices=1", "data.validation={}"));
        try {
            config = write(config, folder, steps);
            Pretraining.start(config, "replay", progress, () -> false);
            double[] ours = new double[steps];
            for (String line : Files.readAllLines(folder.resolve("run").resolve("metrics.jsonl"))) {
                JsonNode metrics = new ObjectMapper().readTree(line);
                if (metrics.has("loss")) {
                    ours[metrics.get("step").asInt() - 1] = metrics.get("loss").asDouble();
                }
            }
            progress.line("the same " + steps + " steps in PyTorch");
            double[] theirs = pytorch(folder, python, peers, steps, Backends.threads(config.threads()), "float32");
            progress.line("and once more, in float64");
            return new Result(ours, theirs,
                    pytorch(folder, python, peers, steps, Backends.threads(config.threads()), "float64"));
        } finally {
            deleteTree(folder);
        }
    }

    /** First weights, batches and settings for PyTorch; returns the configuration with its vocabulary's size. */
    private static TrainConfig write(TrainConfig given, Path folder, int steps) throws IOException {
        String hash;
        int pieces;
        try (Tokenizer tokenizer = Tokenizer.load(Path.of(given.data().tokenizer()))) {
            hash = tokenizer.sha256();
            pieces = tokenizer.vocabSize();
        }
        TrainConfig config = given.model().vocabSize() != 0 ? given : given.withVocabSize(pieces);
        TrainArguments t = config.train();
        Backend backend = Backends.get(config.device());
        try (ExecutionContext ctx = backend.newContext(1);
                Qwen3 model = new Qwen3(backend, ctx, config.toModelConfig(), DType.F32)) {
            Qwen3Weights.initialize(model, ctx, t.seed());
            Qwen3Weights.save(model, ctx, Files.createDirectories(folder.resolve("start")));
        }
        int batch = t.perDeviceTrainBatchSize() * t.gradientAccumulationSteps();
        int length = config.data().contextLength();
        int[] ids = new int[batch * length];
        int[] targets = new int[batch * length];
        try (TrainingData data = TrainingData.open(config, hash, config.model().vocabSize());
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(
                        Files.newOutputStream(folder.resolve("batches.bin"))))) {
            for (long s = 0; s < steps; s++) {
                data.batches().fill(s * batch, batch, ids, targets);
                for (int[] values : List.of(ids, targets)) {
                    for (int v : values) {
                        out.writeInt(v);
                    }
                }
            }
        }
        LearningRateSchedule schedule = new LearningRateSchedule(t.lrSchedulerType(), t.learningRate(), t.warmupSteps(), steps);
        ObjectNode settings = new ObjectMapper().createObjectNode();
        settings.put("batch", batch).put("length", length).put("beta1", t.adamBeta1()).put("beta2", t.adamBeta2())
                .put("epsilon", t.adamEpsilon()).put("weight_decay", t.weightDecay()).put("max_grad_norm", t.maxGradNorm());
        ArrayNode rates = settings.putArray("learning_rates");
        for (long s = 1; s <= steps; s++) {
            rates.add(schedule.at(s));
        }
        Files.writeString(folder.resolve("settings.json"), settings.toString());
        return config;
    }

    private static double[] pytorch(Path folder, String python, Path peers, int steps, int threads, String type)
            throws IOException {
        List<Double> losses = new ArrayList<>();
        try (BenchmarkProcess peer = new BenchmarkProcess("pytorch",
                List.of(python, peers.resolve("pytorch_replay.py").toString(), folder.toString(), String.valueOf(threads), type), folder)) {
            for (int s = 0; s < steps; s++) {
                losses.add(peer.ask("step").path("loss").asDouble());
            }
        } catch (IOException e) {
            throw new IOException("PyTorch's side failed: " + e.getMessage().substring(e.getMessage().lastIndexOf('\n') + 1), e);
        }
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path p : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
