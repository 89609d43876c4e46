package io.saryu.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saryu.backend.AdamWOptions;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Four devices, each with a quarter of the batch, against one with four accumulation steps; both as replayed graphs. */
@RequiresCuda
class CudaDataParallelTest {
    private static final int RANKS = 4;
    private static final int BATCH = 2;
    private static final int LENGTH = 16;
    private static final int STEPS = 20;
    /** So small that a step has several buckets. */
    private static final long BUCKET_BYTES = 12_000;

    private record Seen(List<Double> losses, double[] weights) {
    }

    private static Qwen3Config config() {
        return new Qwen3Config(96, 32, 64, 2, 4, 2, 16, 64, 1e-6, 10_000, 0.05, true, null, List.of(), null);
    }

    private static List<TrainingStep.MicroBatch> microBatches(int step) {
        // Few different batches, so that there is something to learn.
        SplittableRandom random = new SplittableRandom(31 + step % 3);
        List<TrainingStep.MicroBatch> all = new ArrayList<>();
        for (int m = 0; m < RANKS; m++) {
            int[] ids = random.ints(BATCH * LENGTH, 0, config().vocabSize()).toArray();
            int[] targets = random.ints(BATCH * LENGTH, 0, config().vocabSize()).toArray();
            // Unequal numbers of targets: a mean per rank would give other gradients.
            for (int i = 0; i <= m; i++) {
                targets[i] = TrainingStep.IGNORED;
            }
            all.add(new TrainingStep.MicroBatch(ids, targets));
        }
        return all;
    }

    private static Seen train(CudaRanks.Rank rank, DType compute) {
        return train(rank, compute, step -> { });
    }

    /** @param between runs after each step, and is told its number */
    private static Seen train(CudaRanks.Rank rank, DType compute, IntConsumer between) {
        List<Double> losses = new ArrayList<>();
        LossScaler scaler = compute == DType.F16 ? LossScaler.dynamic(0x1p16, 1000) : LossScaler.none();
        try (Qwen3 model = new Qwen3(rank.backend(), rank.ctx(), config(), DType.F32, compute)) {
            Qwen3Weights.initialize(model, rank.ctx(), 5);
            model.parameters().enableTraining();
            try (AdamW adamW = new AdamW(rank.backend(), model.parameters(), new AdamWOptions(0.9, 0.95, 1e-8, 0.1), 1.0);
                    TrainingStep step = new TrainingStep(model, adamW, rank.ctx(), rank.communicator(), BATCH, LENGTH, scaler,
                            LossWatch.none(), BUCKET_BYTES)) {
                int share = RANKS / rank.communicator().worldSize();
                for (int s = 1; s <= STEPS; s++) {
                    int from = rank.number() * share;
                    losses.add(step.run(s, 3e-3, microBatches(s).subList(from, from + share)).loss());
                    between.accept(s);
                }
                Tensor weights = model.parameters().weights();
                try (Tensor host = Tensor.allocate("weights", DType.F32, weights.count())) {
                    rank.backend().copyToHost(rank.ctx(), host, weights);
                    return new Seen(losses, host.toDoubles());
                }
            }
        }
    }

    /**
     * Rank 0 needs more workspace between steps, as when it writes samples, and then its step is other work; it takes it back to
     * what it was, and has a record of that. The emulated NCCL refuses a collective that is not in the same record on all ranks.
     */
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void ranksRecordAndLaunchTogether() throws Exception {
        assumeTrue(CudaLibraries.nccl().problem() == null && CudaLibraries.deviceCount() >= 2, "this needs NCCL and two GPUs");
        List<Seen> undisturbed = CudaRanks.all(2, rank -> train(rank, DType.F32));
        List<Seen> disturbed = CudaRanks.all(2, rank -> {
            List<Tensor> kept = new ArrayList<>();
            return train(rank, DType.F32, step -> {
                if (rank.number() == 0 && step == 4) {
                    rank.ctx().acquire("sample", DType.F32, 2_000_000).close();
                } else if (rank.number() == 0 && step == 8) {
                    kept.add(rank.ctx().acquire("kept", DType.F32, 64));
                } else if (step == 12) {
                    kept.forEach(Tensor::close);
                }
            });
        });
        for (int r = 0; r < 2; r++) {
            assertEquals(undisturbed.get(r).losses(), disturbed.get(r).losses());
            assertArrayEquals(undisturbed.get(r).weights(), disturbed.get(r).weights());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void fourDevicesAgreeWithFourAccumulationSteps(DType compute) throws Exception {
        assumeTrue(CudaLibraries.nccl().problem() == null && CudaLibraries.deviceCount() >= RANKS, "this needs NCCL and four GPUs");
        List<Seen> four = CudaRanks.all(RANKS, rank -> train(rank, compute));
        Seen one = CudaRanks.all(1, rank -> train(rank, compute)).getFirst();
        assertTrue(one.losses().getLast() < one.losses().getFirst() - 0.3, one.losses().toString());
        for (Seen rank : four) {
            for (int s = 0; s < STEPS; s++) {
                assertEquals(one.losses().get(s), rank.losses().get(s), 1e-4, "loss of step " + (s + 1));
            }
            // All ranks have the same bits, whatever order they were summed in.
            assertArrayEquals(four.getFirst().weights(), rank.weights());
        }
    }
}
