package io.saryu.benchmark;

import io.saryu.autograd.LinearCrossEntropy;
import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3Config;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.train.PeakFlops;
import io.saryu.train.RandomOperands;
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
    /** Rounds to a product: a device computes while the host issues; several hide what a wait costs. */
    private static final int ROUNDS_ON_DEVICE = 10;

    private GemmWorker() {
    }

    /**
     * usage: CONFIG_JSON BATCH LENGTH THREADS [DEVICE PRECISION [frozen]]. With frozen weights, whose gradients are not
     * computed, a product is two and not three. Answers "gemm N" with the seconds of a step's products, the
     * fastest of N, and "peak" with the best rate of square products.
     */
    public static void main(String[] args) throws IOException {
        Qwen3Config config = Qwen3Config.read(Path.of(args[0]));
        int tokens = Integer.parseInt(args[1]) * Integer.parseInt(args[2]);
        Backend backend = Backends.get(args.length > 4 ? args[4] : "cpu");
        DType type = StepWorker.precision(args.length > 5 ? args[5] : "fp32");
        boolean frozen = args.length > 6;
        try (ExecutionContext ctx = backend.newContext(Integer.parseInt(args[3]))) {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println("{\"ready\": \"" + backend.description() + ", " + ctx.threads() + " threads\"}");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("peak")) {
                    System.out.println("{\"flops\": " + PeakFlops.measure(ctx, type) + "}");
                } else {
                    int repeats = Integer.parseInt(line.split(" ")[1]);
                    System.out.println("{\"seconds\": " + seconds(ctx, config, type, tokens, repeats, frozen) + "}");
                }
            }
        }
    }

    private static double seconds(ExecutionContext ctx, Qwen3Config c, DType type, int tokens, int repeats, boolean frozen) {
        int q = c.numAttentionHeads() * c.headDim();
        int kv = c.numKeyValueHeads() * c.headDim();
        double layer = product(ctx, type, type, tokens, q + 2 * kv, c.hiddenSize(), repeats, frozen)
                + product(ctx, type, type, tokens, c.hiddenSize(), q, repeats, frozen)
                + product(ctx, type, type, tokens, 2 * c.intermediateSize(), c.hiddenSize(), repeats, frozen)
                + product(ctx, type, type, tokens, c.hiddenSize(), c.intermediateSize(), repeats, frozen);
        // The output projection in chunks of rows, with logits in fp32, as the step has it.
        int rows = (int) Math.min(tokens, LinearCrossEntropy.trainingRows(tokens, c.vocabSize(), type, ctx.backend().chunkBytes()));
        double head = product(ctx, type, DType.F32, rows, c.vocabSize(), c.hiddenSize(), repeats, frozen) * tokens / rows;
        return layer * c.numHiddenLayers() + head;
    }

    /** Seconds of forward, input gradient and, unless frozen, weight gradient of one linear layer with so many rows. */
    private static double product(ExecutionContext ctx, DType type, DType outType, int rows, int out, int in, int repeats,
            boolean frozen) {
        int rounds = ctx.backend().device().isHost() ? 1 : ROUNDS_ON_DEVICE;
        try (Tensor x = ctx.acquire("x", type, rows, in); Tensor w = ctx.acquire("w", type, out, in);
                Tensor y = ctx.acquire("y", outType, rows, out); Tensor dy = ctx.acquire("dy", type, rows, out);
                Tensor dx = ctx.acquire("dx", type, rows, in); Tensor dw = ctx.acquire("dw", DType.F32, out, in)) {
            for (Tensor t : new Tensor[] {x, w, dy}) {
                RandomOperands.fill(ctx, t);
            }
            long best = Long.MAX_VALUE;
            for (int i = 0; i < repeats; i++) {
                ctx.synchronize();
                long start = System.nanoTime();
                for (int r = 0; r < rounds; r++) {
                    ctx.backend().matmul(ctx, y, x, false, w, true, false);
                    ctx.backend().matmul(ctx, dx, dy, false, w, false, false);
                    if (!frozen) {
                        ctx.backend().matmul(ctx, dw, dy, true, x, false, false);
                    }
                }
                ctx.synchronize();
                best = Math.min(best, (System.nanoTime() - start) / rounds);
            }
            return best / 1e9;
        }
    }
}
