package io.saryu.train;

import com.sun.management.OperatingSystemMXBean;
import io.saryu.backend.AdamWOptions;
import io.saryu.backend.DryBackend;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.nn.LossEvaluator;
import io.saryu.nn.Qwen3;
import io.saryu.optim.AdamW;
import io.saryu.optim.TrainingStep;
import io.saryu.optim.TrainingStep.MicroBatch;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The memory that a run will need outside the Java heap, in bytes, found by walking through a training step and an
 * evaluation on a {@link DryBackend}. Each of a run's {@code num_devices} workers holds all of it; only the first evaluates.
 *
 * @param workers     of the run
 * @param weights     the models, their rounded copies in mixed precision, and their tables
 * @param gradients   one fp32 value a weight
 * @param optimizer   AdamW's two moments
 * @param activations what a step and an evaluation keep in the workspaces, inputs included
 */
public record MemoryPlan(int workers, long weights, long gradients, long optimizer, long activations) {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    /**
     * Walks through one step.
     *
     * @param config with its {@code model.vocab_size} set
     */
    public static MemoryPlan of(TrainConfig config) {
        DryBackend dry = new DryBackend();
        TrainArguments t = config.train();
        int context = config.data().contextLength();
        try (ExecutionContext ctx = dry.backend().newContext(1);
                Qwen3 model = new Qwen3(dry.backend(), ctx, config.toModelConfig(), DType.F32, t.computeType())) {
            long weights = dry.bytes();
            model.parameters().enableTraining();
            model.gradientCheckpointing(t.gradientCheckpointing());
            long gradients = dry.bytes() - weights;
            try (AdamW optimizer = new AdamW(dry.backend(), model.parameters(), new AdamWOptions(0.9, 0.999, 1e-8, 0), 1)) {
                long moments = dry.bytes() - weights - gradients;
                try (TrainingStep step = new TrainingStep(model, optimizer, ctx, new SingleProcess(),
                        t.perDeviceTrainBatchSize(), context)) {
                    int tokens = Math.multiplyExact(t.perDeviceTrainBatchSize(), context);
                    MicroBatch batch = new MicroBatch(new int[tokens], new int[tokens]);
                    // The second micro-batch needs scratch of its own; more need no more.
                    step.run(1, 0, Collections.nCopies(Math.min(2, t.gradientAccumulationSteps()), batch));
                    long ofStep = dry.bytes() - weights - gradients - moments;
                    if (!config.data().validation().isEmpty()) {
                        evaluate(model, ctx, t.perDeviceEvalBatchSize(), context);
                    }
                    long ofFirst = dry.bytes() - weights - gradients - moments;
                    int n = config.numDevices();
                    return new MemoryPlan(n, n * weights, n * gradients, n * moments, ofFirst + (n - 1) * ofStep);
                }
            }
        }
    }

    private static void evaluate(Qwen3 model, ExecutionContext ctx, int batch, int context) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, context);
        try (LossEvaluator evaluator = new LossEvaluator(model, ctx, lengths)) {
            int[] tokens = new int[Math.multiplyExact(batch, context)];
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
        MemoryPlan other = of(config.withGradientCheckpointing(!on));
        StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%-16s%14s%35s%n", "memory",
                workers == 1 ? "this run" : "all " + workers + " workers", (on ? "without" : "with") + " gradient_checkpointing"));
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
        if (of(config.withGradientCheckpointing(true)).total() <= available) {
            throw tooLarge(available, "--set train.gradient_checkpointing=true would fit, at the cost of a second forward"
                    + " pass of the layers in each step");
        }
        int devices = config.numDevices();
        for (int fewer = devices / 2; fewer > 0; fewer /= 2) {
            int accumulation = config.train().gradientAccumulationSteps() * devices / fewer;
            if (devices % fewer == 0 && of(config.withDevices(fewer, accumulation)).total() <= available) {
                throw tooLarge(available, "--set num_devices=" + fewer + " --set train.gradient_accumulation_steps="
                        + accumulation + " would fit, with the same effective batch");
            }
        }
        for (int batch = config.train().perDeviceTrainBatchSize() / 2; batch > 0; batch /= 2) {
            TrainConfig smaller = config.withBatchSizes(batch, Math.min(batch, config.train().perDeviceEvalBatchSize()));
            if (of(smaller).total() <= available) {
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
