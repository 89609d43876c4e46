package io.saryu.benchmark;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.train.PeakFlops;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The roof of the step benchmark: a process that runs the matrix products of one step, at the model's shapes, and nothing
 * else, when a line on standard input asks for it. No fusion could be faster. A process of its own, so that its memory is
 * nobody else's.
 */
public final class GemmWorker {
    private GemmWorker() {
    }

    /**
     * usage: CONFIG_JSON BATCH LENGTH THREADS [DEVICE PRECISION]. Answers "gemm N" with the seconds of a step's products, the
     * fastest of N, and "peak" with the best rate of square products.
     */
    public static void main(String[] args) throws IOException {
        Qwen3Config config = Qwen3Config.read(Path.of(args[0]));
        int tokens = Integer.parseInt(args[1]) * Integer.parseInt(args[2]);
        Backend backend = Backends.get(args.length > 4 ? args[4] : "cpu");
        DType type = StepWorker.precision(args.length > 5 ? args[5] : "fp32");
        try (ExecutionContext ctx = backend.newContext(Integer.parseInt(args[3]))) {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println("{\"ready\": \"" + backend.description() + ", " + ctx.threads() + " threads\"}");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("peak")) {
                    System.out.println("{\"flops\": " + PeakFlops.measure(ctx, type) + "}");
                } else {
                    int repeats = Integer.parseInt(line.split(" ")[1]);
                    System.out.println("{\"seconds\": " + seconds(ctx, config, type, tokens, repeats) + "}");
                }
            }
        }
    }

    private static double seconds(ExecutionContext ctx, Qwen3Config c, DType type, int tokens, int repeats) {
        int q = c.numAttentionHeads() * c.headDim();
        int kv = c.numKeyValueHeads() * c.headDim();
        double layer = product(ctx, type, tokens, q + 2 * kv, c.hiddenSize(), repeats)
                + product(ctx, type, tokens, c.hiddenSize(), q, repeats)
                + product(ctx, type, tokens, 2 * c.intermediateSize(), c.hiddenSize(), repeats)
                + product(ctx, type, tokens, c.hiddenSize(), c.intermediateSize(), repeats);
        return layer * c.numHiddenLayers() + product(ctx, type, tokens, c.vocabSize(), c.hiddenSize(), repeats);
    }

    /** Forward, input gradient and weight gradient of one linear layer; rows in chunks where the output is huge. */
    private static double product(ExecutionContext ctx, DType type, int tokens, int out, int in, int repeats) {
        int rows = (int) Math.min(tokens, Math.max(64, (64L << 20) / 4 / out));
        // A device computes while the host issues; several rounds hide what a wait costs.
        int rounds = ctx.backend().device().isHost() ? 1 : 10;
        try (Tensor x = ctx.acquire("x", type, rows, in); Tensor w = ctx.acquire("w", type, out, in);
                Tensor y = ctx.acquire("y", type, rows, out); Tensor dx = ctx.acquire("dx", type, rows, in);
                Tensor dw = ctx.acquire("dw", DType.F32, out, in)) {
            ctx.backend().fill(ctx, x, 0.5);
            ctx.backend().fill(ctx, w, 0.25);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < repeats; i++) {
                ctx.synchronize();
                long start = System.nanoTime();
                for (int r = 0; r < rounds; r++) {
                    ctx.backend().matmul(ctx, y, x, false, w, true, false);
                    ctx.backend().matmul(ctx, dx, y, false, w, false, false);
                    ctx.backend().matmul(ctx, dw, y, true, x, false, false);
                }
                ctx.synchronize();
                best = Math.min(best, (System.nanoTime() - start) / rounds);
            }
            return best / 1e9 * tokens / rows;
        }
    }
}
