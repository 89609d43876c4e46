package io.saryu.train;

import com.sun.management.OperatingSystemMXBean;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.LossEvaluator;
import io.saryu.nn.Qwen3;
import io.saryu.optim.StepPlan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The memory that a run will need outside the Java heap, in bytes, found by {@link StepPlan}. Each of a run's
 * {@code num_devices} workers holds all of it; only the first
 * evaluates and writes sample texts.
 *
 * @param workers     of the run
 * @param chunkBytes  of the run's backend: {@link Backend#chunkBytes}
 * @param weights     the models, their rounded copies in mixed precision, and their tables
 * @param gradients   one fp32 value a weight
 * @param optimizer   AdamW's two moments
 * @param activations what a step, an evaluation and its sample texts keep in the workspaces, inputs and caches included
 */
public record MemoryPlan(int workers, long chunkBytes, long weights, long gradients, long optimizer,
        long activations) {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    /**
     * Walks through one step.
     *
     * @param config     with its {@code model.vocab_size} set
     * @param chunkBytes of the run's backend
     */
    public static MemoryPlan of(TrainConfig config, long chunkBytes) {
        StepPlan first = steps(config, true, chunkBytes);
        StepPlan other = steps(config, false, chunkBytes);
        int n = config.numDevices();
        return new MemoryPlan(n, chunkBytes, n * first.weights(), n * first.gradients(), n * first.optimizer(),
                first.activations() + (n - 1) * other.activations());
    }

    /** Of a run on a CPU. */
    public static MemoryPlan of(TrainConfig config) {
        return of(config, Backend.DEFAULT_CHUNK_BYTES);
    }

    /**
     * What a worker of a run needs.
     *
     * @param evaluates  whether it is the one that evaluates, too
     * @param chunkBytes of the run's backend
     */
    static StepPlan steps(TrainConfig config, boolean evaluates, long chunkBytes) {
        TrainArguments t = config.train();
        int length = config.data().contextLength();
        StepPlan.Work work = new StepPlan.Work(t.computeType(), t.checkpointedLayers(config.model()),
                t.perDeviceTrainBatchSize(), length, t.gradientAccumulationSteps(), chunkBytes,
                config.mostSequences(t.perDeviceTrainBatchSize()), config.lora());
        boolean validates = evaluates && (!config.data().validation().isEmpty() || config.finetune() != null);
        return StepPlan.of(config.toModelConfig(), work, (model, ctx) -> {
            if (validates) {
                evaluate(model, ctx, t.perDeviceEvalBatchSize(), length);
                SampleTexts.rehearse(config, model, ctx);
            }
        });
    }

    private static void evaluate(Qwen3 model, ExecutionContext ctx, int batch, int length) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, length);
        try (LossEvaluator evaluator = new LossEvaluator(model, ctx, lengths)) {
            int[] tokens = new int[Math.multiplyExact(batch, length)];
            evaluator.lossSum(tokens, tokens);
        }
    }

    /** All of it. */
    public long total() {
        return weights + gradients + optimizer + activations;
    }

    /**
     * A table for people: what this plan needs, what the other setting of {@code gradient_checkpointing} would need, and what
     * there is.
     *
     * @param config    that this plan is of
     * @param available bytes, as {@link #available()} says
     */
    public String table(TrainConfig config, long available) {
        boolean on = config.train().gradientCheckpointing();
        MemoryPlan other = of(config.withGradientCheckpointing(!on), chunkBytes);
        StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%-16s%14s%35s%n", "memory",
                workers == 1 ? "this run" : "all " + workers + " workers",
                (on ? "without" : "with") + " gradient_checkpointing"));
        row(s, "weights", weights, other.weights);
        row(s, "gradients", gradients, other.gradients);
        row(s, "optimizer", optimizer, other.optimizer);
        row(s, "activations", activations, other.activations);
        row(s, "total", total(), other.total());
        return s.append(String.format(Locale.ROOT, "  %-14s%14s", "free", megabytes(available))).toString();
    }

    private static void row(StringBuilder s, String name, long bytes, long otherBytes) {
        s.append(String.format(Locale.ROOT, "  %-14s%14s%35s%n", name, megabytes(bytes), megabytes(otherBytes)));
    }

    /**
     * Refuses what will not fit.
     *
     * @param available bytes, as {@link #available()} says
     * @throws ConfigException with settings that fit, where some do
     */
    public void requireFits(long available, TrainConfig config) {
        if (total() <= available) {
            return;
        }
        int layers = config.model().numHiddenLayers();
        for (int n = 1; n <= layers; n++) {
            if (of(config.withCheckpointedLayers(n), chunkBytes).total() <= available) {
                throw tooLarge(available, "--set train.gradient_checkpointing=true"
                        + " --set train.gradient_checkpointing_layers=" + n + " would fit, at the cost of a second forward pass of " + n + " of " + layers + " layers in each step");
            }
        }
        int devices = config.numDevices();
        for (int fewer = devices / 2; fewer > 0; fewer /= 2) {
            int accumulation = config.train().gradientAccumulationSteps() * devices / fewer;
            if (devices % fewer == 0 && of(config.withDevices(fewer, accumulation), chunkBytes).total() <= available) {
                throw tooLarge(available, "--set num_devices=" + fewer + " --set train.gradient_accumulation_steps="
                        + accumulation + " would fit, with the same effective batch");
            }
        }
        for (int batch = config.train().perDeviceTrainBatchSize() / 2; batch > 0; batch /= 2) {
            TrainConfig smaller = config.withBatchSizes(batch, Math.min(batch, config.train().perDeviceEvalBatchSize()));
            if (of(smaller, chunkBytes).total() <= available) {
                throw tooLarge(available, "--set train.per_device_train_batch_size=" + batch
                        + " --set train.per_device_eval_batch_size=" + smaller.train().perDeviceEvalBatchSize()
                        + " would fit (raise train.gradient_accumulation_steps to keep the effective batch)");
            }
        }
        throw tooLarge(available, "take a smaller model or a machine with more memory");
    }

    private ConfigException tooLarge(long available, String advice) {
        return new ConfigException("this run needs " + megabytes(total()) + " of memory"
                + (workers == 1 ? "" : " for " + workers + " workers") + " (weights " + megabytes(weights)
                + ", gradients " + megabytes(gradients) + ", optimizer " + megabytes(optimizer) + ", activations "
                + megabytes(activations) + "), and the machine has " + megabytes(available) + " free; " + advice);
    }

    /** Bytes that the machine, or the container that the process runs in, can still give, page cache included. */
    public static long available() {
        OperatingSystemMXBean os = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean o ? o : null;
        // The kernel's figure is of the whole machine. The JDK knows a container's limit; what counts as free within it would
        // leave out what the page cache gives back.
        long limit = os == null ? Long.MAX_VALUE : os.getTotalMemorySize() - MemoryFigures.now(0).nativeBytes();
        try {
            if (Files.isReadable(MEMORY)) {
                for (String line : Files.readAllLines(MEMORY)) {
                    if (line.startsWith("MemAvailable:")) {
                        return Math.min(limit, 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")));
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The JDK's own figure, then.
        }
        return os == null ? limit : os.getFreeMemorySize();
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, bytes < 10_000_000_000L ? "%,.0f MB" : "%,.1f GB",
                bytes / (bytes < 10_000_000_000L ? 1e6 : 1e9));
    }
}
