package io.saryu.train;

import com.sun.management.OperatingSystemMXBean;
import io.saryu.optim.StepPlan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The memory that a run will need outside the Java heap, in bytes, found by {@link StepPlan}.
 *
 * @param weights     the model, its rounded copy in mixed precision, and its tables
 * @param gradients   one fp32 value a weight
 * @param optimizer   AdamW's two moments
 * @param activations what a step and an evaluation keep in the workspace, inputs included
 */
public record MemoryPlan(long weights, long gradients, long optimizer, long activations) {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    /**
     * Walks through one step.
     *
     * @param config with its {@code model.vocab_size} set
     */
    public static MemoryPlan of(TrainConfig config) {
        StepPlan plan = steps(config);
        return new MemoryPlan(plan.weights(), plan.gradients(), plan.optimizer(), plan.inputs() + plan.workspace());
    }

    /** What the steps of a run need. */
    static StepPlan steps(TrainConfig config) {
        TrainArguments t = config.train();
        return StepPlan.of(config.toModelConfig(), new StepPlan.Work(t.computeType(), t.gradientCheckpointing(),
                t.perDeviceTrainBatchSize(), config.data().contextLength(), t.gradientAccumulationSteps(),
                config.data().validation().isEmpty() ? 0 : t.perDeviceEvalBatchSize()));
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
