package io.saryu.benchmark;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.lora.LoraAdapter;
import io.saryu.lora.LoraConfig;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.LossScaler;
import io.saryu.optim.StepPlan;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Saryu's side of the step benchmark: a process that runs training steps when a line on standard input asks for them, as
 * {@code bench/peers/pytorch_step.py} does. Separate processes make peak memory comparable and let steps be interleaved.
 */
public final class StepWorker {
    private StepWorker() {
    }

    /** usage: CONFIG_JSON BATCH LENGTH THREADS CHECKPOINTED_LAYERS DEVICE fp32|bf16|fp16 [RANK]; with a rank, of LoRA on attention's projections. */
    public static void main(String[] args) throws IOException {
        Qwen3Config config = Qwen3Config.read(Path.of(args[0]));
        int batch = Integer.parseInt(args[1]);
        int length = Integer.parseInt(args[2]);
        int threads = Integer.parseInt(args[3]);
        int checkpointed = Integer.parseInt(args[4]);
        Backend backend = Backends.get(args[5]);
        DType compute = precision(args[6]);
        LossScaler scaler = compute == DType.F16
                ? LossScaler.dynamic(LossScaler.DEFAULT_INIT_SCALE, LossScaler.DEFAULT_GROWTH_INTERVAL) : LossScaler.none();
        LoraConfig lora = args.length > 7 ? lora(Integer.parseInt(args[7])) : null;
        try (ExecutionContext ctx = backend.newContext(threads);
                Qwen3 model = new Qwen3(backend, ctx, config, DType.F32, compute);
                LoraAdapter adapter = lora == null ? null : LoraAdapter.of(model, ctx, lora)) {
            Qwen3Weights.initialize(model, ctx, 0);
            if (adapter != null) {
                adapter.initialize(ctx, 0);
            }
            model.useAdapter(adapter);
            model.gradientCheckpointing(checkpointed);
            StepPlan plan = StepPlan.of(config, new StepPlan.Work(compute, checkpointed, batch, length, 1,
                    backend.chunkBytes(), 0, lora));
            ctx.workspace().reserve(plan.workspace());
            try (AdamW optimizer = new AdamW(backend, model.trainable(), new AdamWOptions(0.9, 0.95, 1e-8, 0.1), 1.0);
                    TrainingStep step = new TrainingStep(model, optimizer, ctx, new SingleProcess(), batch, length,
                            scaler)) {
                serve(backend, ctx, model, step, batch, length, plan);
            }
        }
    }

    private static LoraConfig lora(int rank) {
        return new LoraConfig(rank, 2.0 * rank, 0, List.of("q_proj", "k_proj", "v_proj", "o_proj"), false);
    }

    /** Type of what products read, by the name that a configuration has for it. */
    public static DType precision(String name) {
        return switch (name) {
            case "fp32" -> DType.F32;
            case "bf16" -> DType.BF16;
            case "fp16" -> DType.F16;
            default -> throw new IllegalArgumentException("precision is '" + name + "'; give fp32, bf16 or fp16");
        };
    }

    private static void serve(Backend backend, ExecutionContext ctx, Qwen3 model, TrainingStep step, int batch, int length,
            StepPlan plan) throws IOException {
        // What a device holds is what was planned: its memory is no part of the process's resident bytes.
        long planned = plan.weights() + plan.gradients() + plan.optimizer() + plan.activations();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("{\"ready\": \"saryu " + backend.description() + ", " + ctx.threads() + " threads\", "
                + "\"parameters\": " + model.trainable().count() + "}");
        SplittableRandom random = new SplittableRandom(1);
        long number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            int count = Integer.parseInt(words[1]);
            double loss = 0;
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                loss = step.run(++number, 1e-4, List.of(randomBatch(random, batch, length, model.config().vocabSize())))
                        .loss();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.println("{\"seconds\": " + seconds + ", \"loss\": " + loss + ", \"peak_rss_bytes\": "
                    + (backend.device().isHost() ? peakMemory() : planned) + "}");
        }
    }

    static TrainingStep.MicroBatch randomBatch(SplittableRandom random, int batch, int length, int vocabulary) {
        int[] ids = random.ints((long) batch * length, 0, vocabulary).toArray();
        int[] targets = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            targets[i] = i % length == length - 1 ? TrainingStep.IGNORED : ids[i + 1];
        }
        return new TrainingStep.MicroBatch(ids, targets);
    }

    /** Peak resident bytes of this process, from the kernel; 0 where it does not say. */
    static long peakMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }
}
