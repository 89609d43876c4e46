package io.saryu.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sun.management.OperatingSystemMXBean;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One process's work on a run: where it took the run up, and what it ran on.
 *
 * @param step          steps done before
 * @param time          when it began, ISO 8601 in UTC
 * @param totalSteps    of the whole run
 * @param tokensPerStep of all ranks
 * @param parameters    weights of the model; a tied embedding counts once
 * @param flopsPerToken see {@link ModelFlops}
 * @param peakFlops     operations per second of matrix products on all ranks, measured at its start: {@link PeakFlops}
 * @param backend       its own description: instruction set, libraries
 * @param threads       CPU threads of all ranks
 * @param saryu         version
 * @param java          version and vendor
 * @param system        operating system and architecture
 * @param cores         that the JVM may use
 * @param memoryBytes   of the machine or the container; null where unknown
 */
public record RunSession(long step, String time, long totalSteps, long tokensPerStep, long parameters, double flopsPerToken,
        double peakFlops, String backend, int threads, String saryu, String java, String system, int cores,
        @JsonInclude(JsonInclude.Include.NON_NULL) Long memoryBytes) {
    /**
     * Of this process, now; measures the machine's peak, which takes a fraction of a second.
     *
     * @param model of the first rank
     * @param ctx   of the first rank; the other ranks have as much
     */
    static RunSession begin(TrainConfig config, long step, long totalSteps, long tokensPerStep, Qwen3 model,
            ExecutionContext ctx) {
        Long memory = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
                ? os.getTotalMemorySize() : null;
        return new RunSession(step, now(), totalSteps, tokensPerStep, model.config().parameterCount(),
                model.adapter() == null ? ModelFlops.perToken(model.config(), config.data().contextLength())
                        : ModelFlops.perTokenFrozen(model.config(), config.data().contextLength(), model.trainable().count()),
                config.numDevices() * PeakFlops.measure(ctx, model.computeType()), ctx.backend().description(),
                config.numDevices() * ctx.threads(), SaryuVersion.get(),
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(), memory);
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /**
     * Model FLOPs utilisation: the share of the measured peak that the model's own products take.
     *
     * @param tokensPerSecond of all ranks
     */
    public double mfu(double tokensPerSecond) {
        return tokensPerSecond * flopsPerToken / peakFlops;
    }
}
