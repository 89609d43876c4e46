package io.saryu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.autograd.Tape;
import io.saryu.generate.GenerationOptions;
import io.saryu.nn.KvCache;
import io.saryu.nn.LossEvaluator;
import io.saryu.nn.Qwen3Weights;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.train.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A trained model with its weights kept in fewer bits. */
class WeightTypesTest {
    private static final String TEXT = "The old man looked at the river. एक दिन राजा ने अपने मंत्री से कहा। हमरे गाँव मा";
    private static Path folder;
    private static float[] exact;
    private static double exactLoss;

    @BeforeAll
    static void inFp32() throws Exception {
        folder = TinyRun.get().model();
        try (LanguageModel model = open("cpu", DType.F32)) {
            exact = logits(model);
            exactLoss = loss(model);
        }
    }

    private static LanguageModel open(String device, DType weights) throws IOException {
        return LanguageModel.open(folder, new OpenOptions(device, 2, weights));
    }

    private static int[] ids(LanguageModel model) {
        int[] ids = model.tokenizer().encode(TEXT);
        return Arrays.copyOf(ids, Math.min(ids.length, 40));
    }

    /** After a prompt of many tokens, one of few, and single ones: every way through the products. */
    private static float[] logits(LanguageModel model) {
        int[] ids = ids(model);
        Tape tape = Tape.inference(model.context());
        try (KvCache cache = new KvCache(model.network(), model.context(), 1, ids.length)) {
            int[] ends = {20, 27, 28, 29, 30};
            Tensor out = null;
            for (int from = 0, i = 0; i < ends.length; from = ends[i++]) {
                tape.reset();
                out = cache.advance(tape, new int[] {0}, new int[][] {Arrays.copyOfRange(ids, from, ends[i])});
            }
            return out.toFloats();
        } finally {
            tape.reset();
        }
    }

    private static double loss(LanguageModel model) {
        int[] ids = ids(model);
        int n = ids.length - 1;
        try (LossEvaluator evaluator = new LossEvaluator(model.network(), model.context(), n)) {
            return evaluator.lossSum(Arrays.copyOf(ids, n), Arrays.copyOfRange(ids, 1, n + 1)) / n;
        }
    }

    private static double difference(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double squares = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(squares / norm);
    }

    /** Relative difference that roundings of a type make in the logits of this small model; some three roundings. */
    private static double bound(DType type) {
        return switch (type) {
            case BF16 -> 3 * 0x1p-8;
            case F16 -> 3 * 0x1p-11;
            default -> 0.04;
        };
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"BF16", "F16", "I8"})
    void answersLikeTheModel(DType type) throws Exception {
        try (LanguageModel model = open("cpu", type); LanguageModel oracle = open("reference", type)) {
            float[] here = logits(model);
            double rounding = difference(exact, here);
            assertTrue(rounding > 0 && rounding < bound(type), type + " is off by " + rounding);
            // The same rounded weights on both: what is left is the kernels' fp32.
            assertTrue(difference(logits(oracle), here) < 1e-5, () -> type + " differs from the oracle");
            assertEquals(exactLoss, loss(model), exactLoss * bound(type));
            assertEquals(loss(oracle), loss(model), 1e-5);
            GenerationOptions options = new GenerationOptions(12, 1, 0, 1, 1, java.util.List.of(), 0, true, true);
            assertEquals(oracle.generate("The", options), model.generate("The", options));
        }
    }

    /** Every matrix once: the tied embedding is looked up in what the logits are computed from. */
    @Test
    void weightsAreHeldOnce() throws Exception {
        try (LanguageModel wide = open("cpu", DType.F32); LanguageModel half = open("cpu", DType.BF16);
                LanguageModel bytes = open("cpu", DType.I8)) {
            long all = 4 * wide.network().config().parameterCount();
            assertEquals(all, wide.network().weightBytesPerToken());
            assertTrue(half.network().weightBytesPerToken() < 0.51 * all);
            assertTrue(bytes.network().weightBytesPerToken() < 0.3 * all);
            long held = half.network().namedWeights().values().stream().mapToLong(t -> t.count() * t.dtype().bytes()).sum();
            assertEquals(half.network().weightBytesPerToken(), held);
        }
    }

    @Test
    void frozenWeightsAreNeitherTrainedNorSaved(@TempDir Path to) throws Exception {
        try (LanguageModel model = open("cpu", DType.I8)) {
            for (Exception e : new Exception[] {
                    assertThrows(IllegalStateException.class, () -> model.network().parameters()),
                    assertThrows(IllegalStateException.class,
                            () -> Qwen3Weights.save(model.network(), model.context(), to))}) {
                assertTrue(e.getMessage().contains("open it in F32"), e.getMessage());
            }
        }
    }

    @Test
    void otherTypesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> OpenOptions.DEFAULT.withWeights(DType.I64));
        String message = assertThrows(IllegalArgumentException.class, () -> OpenOptions.weights("int4")).getMessage();
        assertTrue(message.contains("int4") && message.contains("int8"), message);
        assertEquals(DType.I8, OpenOptions.weights("int8"));
    }
}
