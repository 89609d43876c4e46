package io.saryu.benchmark;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Where the time of a training step goes: every op with its time, bytes, products, and share of the roof. */
public final class StepProfile {
    /** Elements of each tensor of the bandwidth measurement: 64 MB, beyond any cache. */
    private static final int STREAM = 1 << 24;
    private static final int SQUARE = 1024;

    /**
     * One line.
     *
     * @param op           name, with the shape for products
     * @param calls        a step
     * @param milliseconds a step
     * @param share        of the step, 0 to 1
     * @param gflops       GFLOP/s; 0 for ops that only move memory
     * @param gigabytes    GB/s of operands
     * @param roof         the better of the two as a share of what the machine was measured to do, 0 to 1 and a little more
     */
    public record Line(String op, double calls, double milliseconds, double share, double gflops, double gigabytes,
            double roof) {
    }

    /**
     * A profile.
     *
     * @param seconds    of a step
     * @param gflops     best measured rate of a square product
     * @param gigabytes  measured memory bandwidth, two reads and a write
     * @param lines      the costliest first
     */
    public record Result(double seconds, double gflops, double gigabytes, List<Line> lines) {
        /** A table for people. */
        public String table() {
            StringBuilder s = new StringBuilder(String.format(Locale.ROOT,
                    "%.3f s a step; measured here: products %.0f GFLOP/s, memory %.1f GB/s%n%-36s %7s %10s %7s %9s %8s %6s%n",
                    seconds, gflops, gigabytes, "", "calls", "ms", "share", "GFLOP/s", "GB/s", "roof"));
            for (Line l : lines) {
                s.append(String.format(Locale.ROOT, "%-36s %7.0f %10.2f %6.1f%% %9.1f %8.1f %6.2f%n", l.op, l.calls,
                        l.milliseconds, 100 * l.share, l.gflops, l.gigabytes, l.roof));
            }
            double ops = lines.stream().mapToDouble(Line::milliseconds).sum();
            return s.append(String.format(Locale.ROOT, "%-36s %7s %10.2f %6.1f%%%n", "outside of ops", "",
                    1000 * seconds - ops, 100 - ops / seconds / 10)).toString();
        }
    }

    private StepProfile() {
    }

    /**
     * Runs {@code steps} training steps of random tokens after two that are not counted.
     *
     * @param configJson a Hugging Face config.json
     * @throws IOException when it cannot be read
     */
    public static Result run(Path configJson, int batch, int length, int threads, int steps) throws IOException {
        Qwen3Config config = Qwen3Config.read(configJson);
        OpProfile profile = new OpProfile(Backends.get("cpu"));
        Backend backend = profile.backend();
        try (ExecutionContext ctx = backend.newContext(threads);
                Qwen3 model = new Qwen3(backend, ctx, config, DType.F32)) {
            Qwen3Weights.initialize(model, ctx, 0);
            model.parameters().enableTraining();
            double seconds;
            try (AdamW optimizer = new AdamW(backend, model.parameters(), new AdamWOptions(0.9, 0.95, 1e-8, 0.1), 1.0);
                    TrainingStep step = new TrainingStep(model, optimizer, ctx, new SingleProcess(), batch, length)) {
                SplittableRandom random = new SplittableRandom(1);
                long start = 0;
                for (int i = -2; i < steps; i++) {
                    if (i == 0) {
                        profile.reset();
                        start = System.nanoTime();
                    }
                    step.run(i + 3, 1e-4, List.of(StepWorker.randomBatch(random, batch, length, config.vocabSize())));
                }
                seconds = (System.nanoTime() - start) / 1e9 / steps;
            }
            List<OpProfile.Entry> entries = profile.entries();
            double gflops = squareProduct(backend, ctx);
            double gigabytes = bandwidth(backend, ctx);
            List<Line> lines = entries.stream().map(e -> line(e, steps, seconds, gflops, gigabytes)).toList();
            return new Result(seconds, gflops, gigabytes, lines);
        }
    }

    private static Line line(OpProfile.Entry e, int steps, double seconds, double gflops, double gigabytes) {
        double op = e.nanos() / 1e9;
        double f = e.flops() / op / 1e9;
        double b = e.bytes() / op / 1e9;
        return new Line(e.name(), (double) e.calls() / steps, 1000 * op / steps, op / steps / seconds, f, b,
                Math.max(f / gflops, b / gigabytes));
    }

    private static double squareProduct(Backend backend, ExecutionContext ctx) {
        try (Tensor a = ctx.acquire("a", DType.F32, SQUARE, SQUARE); Tensor b = ctx.acquire("b", DType.F32, SQUARE, SQUARE);
                Tensor c = ctx.acquire("c", DType.F32, SQUARE, SQUARE)) {
            backend.fill(ctx, a, 0.5);
            backend.fill(ctx, b, 0.25);
            return 2.0 * SQUARE * SQUARE * SQUARE / best(() -> backend.matmul(ctx, c, a, false, b, false, false));
        }
    }

    private static double bandwidth(Backend backend, ExecutionContext ctx) {
        try (Tensor a = ctx.acquire("a", DType.F32, STREAM); Tensor b = ctx.acquire("b", DType.F32, STREAM);
                Tensor c = ctx.acquire("c", DType.F32, STREAM)) {
            backend.fill(ctx, a, 1);
            backend.fill(ctx, b, 2);
            return 12.0 * STREAM / best(() -> backend.add(ctx, c, a, b));
        }
    }

    /** Nanoseconds of the fastest of ten runs: work per nanosecond is 10^9 of it a second. */
    private static long best(Runnable work) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }
}
