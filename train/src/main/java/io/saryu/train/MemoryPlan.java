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
 * The memory that a run will need outside the Java heap, in bytes, found by walking through a training step, an
 * evaluation and its sample texts on a {@link DryBackend}.
 *
 * @param weights     the model, its rounded copy in mixed precision, and its tables
 * @param gradients   one fp32 value a weight
 * @param optimizer   AdamW's two moments
 * @param activations what a step, an evaluation and its sample texts keep in the workspace, inputs and caches included
 */
public record MemoryPlan(long weights, long gradients, long optimizer, long activations) {
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
                    long[] most = {0};
                    if (!config.data().validation().isEmpty()) {
                        evaluate(model, ctx, t.perDeviceEvalBatchSize(), context);
                        SampleTexts.rehearse(config, model, ctx, (sequence, id) -> {
                            most[0] = Math.max(most[0], dry.bytes());
                            return true;
                        });
                    }
                    return new MemoryPlan(weights, gradients, moments,
                            Math.max(most[0], dry.bytes()) - weights - gradients - moments);
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

    /** One line for people. */
    public String text() {
        return String.format(Locale.ROOT, "memory: weights %s, gradients %s, optimizer %s, activations %s, in all %s",
                megabytes(weights), megabytes(gradients), megabytes(optimizer), megabytes(activations), megabytes(total()));
    }

    /**
     * Refuses what will not fit.
     *
     * @param available bytes, as {@link #available()} says
     * @throws ConfigException with a batch size that fits, where one does
     */
    public void requireFits(long available, TrainConfig config) {
        if (total() <= available) {
            return;
        }
        String advice = "take a smaller model or a machine with more memory";
        if (of(config.withGradientCheckpointing(true)).total() <= available) {
            throw tooLarge(available, "--set train.gradient_checkpointing=true would fit, at the cost of a second forward"
                    + " pass of the layers in each step");
        }
        for (int batch = config.train().perDeviceTrainBatchSize() / 2; batch > 0; batch /= 2) {
            TrainConfig smaller = config.withBatchSizes(batch, Math.min(batch, config.train().perDeviceEvalBatchSize()));
            if (of(smaller).total() <= available) {
                advice = "--set train.per_device_train_batch_size=" + batch + " --set train.per_device_eval_batch_size="
                        + smaller.train().perDeviceEvalBatchSize() + " would fit (raise"
                        + " train.gradient_accumulation_steps to keep the effective batch)";
                break;
            }
        }
        throw tooLarge(available, advice);
    }

    private ConfigException tooLarge(long available, String advice) {
        return new ConfigException("this run needs " + megabytes(total()) + " of memory (weights " + megabytes(weights)
                + ", gradients " + megabytes(gradients) + ", optimizer " + megabytes(optimizer) + ", activations "
                + megabytes(activations) + "), and the machine has " + megabytes(available) + " free; " + advice);
    }

    /** Bytes that the machine can still give, page cache included. */
    public static long available() {
        try {
            if (Files.isReadable(MEMORY)) {
                List<String> lines = Files.readAllLines(MEMORY);
                for (String line : lines) {
                    if (line.startsWith("MemAvailable:")) {
                        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The JDK's own figure, which does not count what the page cache would give back.
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os ? os.getFreeMemorySize()
                : Long.MAX_VALUE;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, bytes < 10_000_000_000L ? "%,.0f MB" : "%,.1f GB",
                bytes / (bytes < 10_000_000_000L ? 1e6 : 1e9));
    }
}
