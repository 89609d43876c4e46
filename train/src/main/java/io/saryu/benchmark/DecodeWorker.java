package io.saryu.benchmark;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TokenGenerator;
import io.saryu.model.OpenOptions;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.tensor.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Saryu's side of the decoding benchmark: as {@link StepWorker}, for {@code bench/peers/transformers_decode.py}. */
public final class DecodeWorker {
    private static final int[] PROMPT = {5, 6, 7, 8, 9, 10, 11, 12};

    private DecodeWorker() {
    }

    /** usage: CONFIG_JSON THREADS fp32|bf16|fp16|int8. */
    public static void main(String[] args) throws IOException {
        Qwen3Config config = Qwen3Config.read(Path.of(args[0]));
        Backend backend = Backends.get("cpu");
        DType weights = OpenOptions.weights(args[2]);
        try (ExecutionContext ctx = backend.newContext(Integer.parseInt(args[1]));
                Qwen3 model = model(backend, ctx, config, weights)) {
            TokenGenerator generator = new TokenGenerator(model, ctx, -1);
            System.out.println("{\"ready\": \"saryu " + backend.description() + ", " + ctx.threads() + " threads, weights in "
                    + args[2] + "\", \"parameters\": " + config.parameterCount() + ", \"weight_bytes\": "
                    + model.weightBytesPerToken() + "}");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int count = Integer.parseInt(line.split(" ")[1]);
                System.out.println("{\"seconds\": " + decodeSeconds(generator, count) + ", \"peak_rss_bytes\": "
                        + StepWorker.peakMemory() + "}");
            }
        }
    }

    /** A model with first weights that only computes. */
    static Qwen3 model(Backend backend, ExecutionContext ctx, Qwen3Config config, DType weights) {
        Qwen3 model = weights == DType.F32 ? new Qwen3(backend, ctx, config, DType.F32)
                : Qwen3.frozen(backend, ctx, config, weights);
        Qwen3Weights.initialize(model, ctx, 0);
        return model;
    }

    static double decodeSeconds(TokenGenerator generator, int count) {
        long start = System.nanoTime();
        int[][] out = generator.generate(new int[][] {PROMPT}, GenerationOptions.greedy(count), (i, id) -> true);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (out[0].length != count) {
            throw new IllegalStateException("generated " + out[0].length + " tokens instead of " + count);
        }
        return seconds;
    }
}
