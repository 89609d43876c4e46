package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.nn.Qwen3;
import io.saryu.optim.AdamW;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPlanTest {
    private static TrainConfig config(int batch, int accumulation, boolean tied, String... overrides) {
        return TrainConfig.parse("""
                model:
                  vocab_size: 700
                  hidden_size: 48
                  intermediate_size: 96
                  num_hidden_layers: 3
                  num_attention_heads: 4
                  num_key_value_heads: 2
                  head_dim: 16
                  tie_word_embeddings: %s
                data:
                  tokenizer: nowhere
                  context_length: 40
                  train: nowhere.bin
                train:
                  per_device_train_batch_size: %d
                  gradient_accumulation_steps: %d
                """.formatted(tied, batch, accumulation), "test", List.of(overrides));
    }

    /** The workspace of a real step on the CPU holds what the dry step asked for. */
    @ParameterizedTest
    @CsvSource({"1,1,true,false,fp16=false", "3,1,false,true,fp16=false", "2,2,true,true,fp16=false", "2,5,false,false,fp16=false",
        "2,2,true,false,bf16=true", "3,1,false,true,fp16=true"})
    void foretellsWhatAStepHolds(int batch, int accumulation, boolean tied, boolean checkpointing, String precision) {
        TrainConfig config = config(batch, accumulation, tied, "train." + precision).withGradientCheckpointing(checkpointing);
        MemoryPlan plan = MemoryPlan.of(config);
        long parameters = config.toModelConfig().parameterCount();
        assertTrue(plan.weights() >= 4 * parameters && plan.gradients() >= 4 * parameters, plan.toString());
        assertTrue(plan.gradients() < 4 * parameters + 64 * 100, plan.toString());
        assertEquals(2 * plan.gradients(), plan.optimizer(), 64 * 100);
        Backend backend = Backends.get("cpu");
        try (ExecutionContext ctx = backend.newContext(2);
                Qwen3 model = new Qwen3(backend, ctx, config.toModelConfig(), DType.F32,
                        config.train().computeType())) {
            model.parameters().enableTraining();
            model.gradientCheckpointing(checkpointing);
            try (AdamW optimizer = new AdamW(backend, model.parameters(), new AdamWOptions(0.9, 0.999, 1e-8, 0), 1);
                    TrainingStep step = new TrainingStep(model, optimizer, ctx, new SingleProcess(), batch, 40)) {
                int[] ids = new int[batch * 40];
                Arrays.fill(ids, 3);
                for (int i = 1; i <= 3; i++) {
                    step.run(i, 1e-3, Collections.nCopies(accumulation, new TrainingStep.MicroBatch(ids, ids)));
                }
                // Ids, targets, positions and step scalars are outside the workspace and little.
                assertEquals(plan.activations(), ctx.workspace().bytesHeld(), 20_000);
            }
        }
    }

    /**
     * A rounded copy of the weights more, and all but the residual stream and the logits at half the size; the vocabulary is
     * small, so that logits are not most of it.
     */
    @Test
    void mixedPrecisionNeedsLess() {
        MemoryPlan single = MemoryPlan.of(config(16, 1, false, "model.vocab_size=64"));
        MemoryPlan half = MemoryPlan.of(config(16, 1, false, "model.vocab_size=64", "train.bf16=true"));
        long parameters = config(16, 1, false, "model.vocab_size=64").toModelConfig().parameterCount();
        assertEquals(2 * parameters, half.weights() - single.weights(), 64 * 100);
        assertEquals(single.gradients(), half.gradients());
        assertEquals(single.optimizer(), half.optimizer());
        assertTrue(half.activations() < 0.75 * single.activations(), half + "; " + single);
    }

    /** Every worker has its own model and step; only the first one evaluates. */
    @Test
    void workersNeedTheirOwn() {
        String evaluated = "data.validation=nowhere.bin";
        MemoryPlan one = MemoryPlan.of(config(2, 2, true, evaluated, "train.per_device_eval_batch_size=16"));
        MemoryPlan step = MemoryPlan.of(config(2, 2, true));
        MemoryPlan three = MemoryPlan.of(config(2, 2, true, evaluated, "train.per_device_eval_batch_size=16", "num_devices=3"));
        assertEquals(3 * one.weights(), three.weights());
        assertEquals(3 * one.gradients(), three.gradients());
        assertEquals(3 * one.optimizer(), three.optimizer());
        assertTrue(one.activations() > step.activations(), one.toString());
        assertEquals(one.activations() + 2 * step.activations(), three.activations());
        assertEquals(3, three.workers());
    }

    @Test
    void fewerWorkersAreSuggestedBeforeASmallerBatch() {
        TrainConfig config = config(16, 1, true, "num_devices=4");
        MemoryPlan plan = MemoryPlan.of(config);
        long half = MemoryPlan.of(config(16, 2, true, "num_devices=2")).total();
        assertTrue(half < MemoryPlan.of(config.withGradientCheckpointing(true)).total());
        ConfigException e = assertThrows(ConfigException.class, () -> plan.requireFits(half, config));
        assertTrue(e.getMessage().contains("for 4 workers") && e.getMessage().contains(
                "--set num_devices=2 --set train.gradient_accumulation_steps=2 would fit"), e.getMessage());
    }

    @Test
    void refusesWhatDoesNotFitAndSaysWhatWould() {
        TrainConfig config = config(16, 1, true);
        MemoryPlan plan = MemoryPlan.of(config);
        plan.requireFits(plan.total(), config);
        ConfigException e = assertThrows(ConfigException.class, () -> plan.requireFits(plan.total() - 1, config));
        assertTrue(e.getMessage().contains("train.gradient_checkpointing=true"), e.getMessage());
        long checkpointed = MemoryPlan.of(config.withGradientCheckpointing(true)).total();
        e = assertThrows(ConfigException.class, () -> plan.requireFits(checkpointed - 1, config));
        assertTrue(e.getMessage().contains("train.per_device_train_batch_size=8"), e.getMessage());
        e = assertThrows(ConfigException.class, () -> plan.requireFits(1000, config));
        assertTrue(e.getMessage().contains("smaller model"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"true,1", "false,1", "false,4"})
    void theTableSaysBothSettingsAndWhatIsFree(boolean checkpointing, int ranks) {
        TrainConfig config = config(16, 1, true, "num_devices=" + ranks).withGradientCheckpointing(checkpointing);
        MemoryPlan plan = MemoryPlan.of(config);
        List<String> lines = plan.table(config, 12_345_678_901L).lines().toList();
        assertEquals(7, lines.size(), lines.toString());
        assertEquals("memory " + (ranks == 1 ? "this run " : "all 4 workers ") + (checkpointing ? "without" : "with")
                + " gradient_checkpointing", lines.get(0).replaceAll(" +", " "));
        long other = MemoryPlan.of(config.withGradientCheckpointing(!checkpointing)).total();
        assertEquals(String.format(java.util.Locale.ROOT, " total %,.0f MB %,.0f MB", plan.total() / 1e6, other / 1e6),
                lines.get(5).replaceAll(" +", " "));
        assertEquals("  free                 12.3 GB", lines.get(6));
        assertEquals(checkpointing, other > plan.total());
    }

    /** Not more than the machine has, and enough that this very test runs. */
    @Test
    void whatIsFreeIsPlausible() {
        long total = ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory
                .getOperatingSystemMXBean()).getTotalMemorySize();
        long available = MemoryPlan.available();
        assertTrue(available > 10_000_000 && available < total, available + " of " + total);
    }
}
