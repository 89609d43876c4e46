package io.saryu.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.GradientBuckets;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four ranks in one process give the bits of four accumulation steps, whatever the buckets. Backends subclass it. */
public abstract class DataParallelTest {
    private static final int BATCH = 2;
    private static final int LENGTH = 9;
    private static final int STEPS = 6;

    /** The backend under test. */
    protected abstract Backend backend();

    /** The type that the model computes in. */
    protected abstract DType dtype();

    private static Qwen3Config config() {
        return new Qwen3Config(37, 32, 48, 2, 4, 2, 8, 64, 1e-6, 10_000, 0.05, true, null, List.of(), null);
    }

    private List<TrainingStep.MicroBatch> microBatches(int step) {
        SplittableRandom random = new SplittableRandom(31 + step);
        List<TrainingStep.MicroBatch> all = new ArrayList<>();
        for (int m = 0; m < 4; m++) {
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

    /** What a rank saw of its steps. */
    private record Seen(List<Double> losses, List<Boolean> skipped) {
        Seen() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** Has seen losses that make some of these batches a jump and others not. */
    private static LossWatch strict() {
        LossWatch watch = new LossWatch(1, true);
        watch.restore(new LossWatch.State(100, 3.63, 0, 0, 0, 0));
        return watch;
    }

    private double[] train(Communicator communicator, Backend backend, DType compute, LossWatch watch, long bucketBytes,
            Seen seen) {
        DType weightType = compute.isHalf() ? DType.F32 : compute;
        // So large a scale overflows at first: all ranks must skip the same steps.
        LossScaler scaler = compute == DType.F16 ? LossScaler.dynamic(0x1p22, 2) : LossScaler.none();
        try (ExecutionContext ctx = backend.newContext(1);
                Qwen3 model = new Qwen3(backend, ctx, config(), weightType, compute)) {
            Qwen3Weights.initialize(model, ctx, 5);
            model.parameters().enableTraining();
            try (AdamW adamW = new AdamW(backend, model.parameters(), new AdamWOptions(0.9, 0.95, 1e-8, 0.1), 1.0);
                    TrainingStep step = new TrainingStep(model, adamW, ctx, communicator, BATCH, LENGTH, scaler,
                            watch, bucketBytes)) {
                for (int s = 1; s <= STEPS; s++) {
                    List<TrainingStep.MicroBatch> all = microBatches(s);
                    int share = all.size() / communicator.worldSize();
                    List<TrainingStep.MicroBatch> own = all.subList(communicator.rank() * share,
                            (communicator.rank() + 1) * share);
                    TrainingStep.Result r = step.run(s, 1e-2, own);
                    seen.losses().add(r.loss());
                    seen.skipped().add(r.skipped());
                }
                Tensor weights = model.parameters().weights();
                try (Tensor host = Tensor.allocate("weights", weightType, weights.count())) {
                    backend.copyToHost(ctx, host, weights);
                    return host.toDoubles();
                }
            }
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void fourRanksEqualFourAccumulationSteps() throws Exception {
        assertFourRanksEqualFourSteps(dtype(), LossWatch::none);
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void inBf16Too() throws Exception {
        assertFourRanksEqualFourSteps(DType.BF16, LossWatch::none);
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void inFp16AllRanksSkipTheSameSteps() throws Exception {
        Seen seen = assertFourRanksEqualFourSteps(DType.F16, LossWatch::none);
        assertTrue(seen.skipped().contains(true) && seen.skipped().contains(false), seen.skipped().toString());
    }

    /** The loss that decides is that of all ranks. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void allRanksSkipTheSameJumps() throws Exception {
        Seen seen = assertFourRanksEqualFourSteps(dtype(), DataParallelTest::strict);
        assertTrue(seen.skipped().contains(true) && seen.skipped().contains(false), seen.toString());
    }

    /** One group a bucket, a few, and all but the embedding in one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 12_000, Long.MAX_VALUE})
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void bucketsOfEverySizeGiveTheSameBits(long bucketBytes) throws Exception {
        double[] expected = train(new SingleProcess(), backend(), dtype(), LossWatch.none(), GradientBuckets.DEFAULT_BYTES, new Seen());
        for (double[] weights : onRanks(4, dtype(), LossWatch::none, bucketBytes, new ArrayList<>())) {
            assertArrayEquals(expected, weights);
        }
    }

    /** Each rank adds up its own micro-batches first, so sums are grouped otherwise than on one rank: equal but for rounding. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void twoRanksOfTwoAccumulationStepsAgree() throws Exception {
        double[] expected = train(new SingleProcess(), backend(), dtype(), LossWatch.none(), GradientBuckets.DEFAULT_BYTES, new Seen());
        List<double[]> small = onRanks(2, dtype(), LossWatch::none, 1, new ArrayList<>());
        assertArrayEquals(small.get(0), small.get(1));
        assertArrayEquals(small.get(0), onRanks(2, dtype(), LossWatch::none, Long.MAX_VALUE, new ArrayList<>()).get(0));
        assertArrayEquals(expected, small.get(0), 1e-4);
    }

    private Seen assertFourRanksEqualFourSteps(DType compute, Supplier<LossWatch> watch) throws Exception {
        Seen alone = new Seen();
        double[] expected = train(new SingleProcess(), backend(), compute, watch.get(), GradientBuckets.DEFAULT_BYTES, alone);
        List<Seen> seen = new ArrayList<>();
        List<double[]> ranks = onRanks(4, compute, watch, GradientBuckets.DEFAULT_BYTES, seen);
        for (int r = 0; r < 4; r++) {
            assertArrayEquals(expected, ranks.get(r), "weights of rank " + r);
            for (int s = 0; s < STEPS; s++) {
                assertEquals(alone.losses().get(s), seen.get(r).losses().get(s), 1e-12, "loss of step " + s);
            }
            assertEquals(alone.skipped(), seen.get(r).skipped(), "skips of rank " + r);
        }
        return alone;
    }

    /** The weights of each rank. */
    private List<double[]> onRanks(int n, DType compute, Supplier<LossWatch> watch, long bucketBytes, List<Seen> seen) throws Exception {
        InProcessGroup group = new InProcessGroup(n);
        List<Future<double[]>> ranks = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(n)) {
            for (int r = 0; r < n; r++) {
                int rank = r;
                Seen own = new Seen();
                seen.add(own);
                Backend backend = backend();
                ranks.add(threads.submit(() -> {
                    try (Communicator communicator = group.rank(rank)) {
                        try {
                            return train(communicator, backend, compute, watch.get(), bucketBytes, own);
                        } catch (Throwable e) {
                            communicator.abort("rank " + rank + " failed: " + e);
                            throw e;
                        }
                    }
                }));
            }
            List<double[]> weights = new ArrayList<>();
            for (Future<double[]> rank : ranks) {
                weights.add(rank.get());
            }
            return weights;
        }
    }
}
