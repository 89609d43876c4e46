package io.saryu.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.autograd.Tape;
import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.StepScalars;
import io.saryu.dist.SingleProcess;
import io.saryu.files.SafetensorsFile;
import io.saryu.nn.ModelInput;
import io.saryu.nn.Qwen3;
import io.saryu.optim.AdamW;
import io.saryu.optim.LossScaler;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole model in bf16 and fp16 against float64 values from PyTorch, and loss scaling. Backends subclass it. */
public abstract class MixedPrecisionTest {
    @TempDir
    Path temp;

    /** The backend under test. */
    protected abstract Backend backend();

    private GoldenCase golden(String name) throws IOException {
        return new GoldenCase(name, Files.createTempDirectory(temp, "golden"));
    }

    /** Largest error of one rounding, relative to what is rounded. */
    protected static double unit(DType type) {
        return type == DType.BF16 ? 0x1p-9 : 0x1p-12;
    }

    /**
     * What one pass over a golden batch gave.
     *
     * @param layers of the model
     * @param loss   mean over the targets
     * @param values by name, the logits and the gradients
     */
    protected record Pass(int layers, double loss, Map<String, double[]> values) {
        /**
         * How many units the logits may be off. A layer rounds both norms' results, qkv, q and k, attention, its output
         * projection, gate and up, SwiGLU, its down projection, and four weights; then come the last norm and the head's weight.
         * Errors of R independent roundings add by their squares: sqrt(R).
         */
        public double logitUnits() {
            return Math.sqrt(layers * (9 + 4) + 2);
        }

        /**
         * And the gradients: they pass as many roundings again on the way back, through softmaxes and norms whose gradients are
         * differences of larger terms.
         */
        public double gradientUnits() {
            return 2 * Math.sqrt(2) * logitUnits();
        }
    }

    /** Forward and backward over the first batch, with a loss scale, which the gradients do not have any more. */
    protected final Pass pass(Backend backend, String name, DType type) throws IOException {
        GoldenCase g = golden(name);
        TrainingStep.MicroBatch batch = g.batch(0);
        double scale = 1024;
        long valid = Arrays.stream(batch.targets()).filter(t -> t >= 0).count();
        Map<String, double[]> values = new LinkedHashMap<>();
        try (ExecutionContext ctx = backend.newContext(2); Qwen3 model = g.model(backend, ctx, DType.F32, type);
                ModelInput input = ModelInput.dense(backend, ctx, g.config, g.batch, g.length);
                Tensor targets = backend.allocate("targets", DType.I32, batch.targets().length);
                Tensor scalars = backend.allocate("scalars", DType.F64, StepScalars.COUNT);
                Tensor host = Tensor.allocate("scalars", DType.F64, StepScalars.COUNT)) {
            model.parameters().enableTraining();
            model.roundWeights(ctx);
            input.setIds(ctx, batch.ids());
            ModelInput.set(ctx, targets, batch.targets());
            Tape inference = Tape.inference(ctx);
            values.put("logits", download(backend, ctx, model.logits(inference, model.hidden(inference, input, null)), 1));
            inference.reset();
            host.fillFrom(StepScalars.initial());
            host.set(StepScalars.VALID_TARGETS, valid);
            host.set(StepScalars.LOSS_SCALE, scale);
            backend.copyFromHost(ctx, scalars, host);
            Tape tape = Tape.training(ctx);
            model.loss(tape, input, targets, scalars);
            tape.backward(model.parameters().groups());
            backend.copyToHost(ctx, host, scalars);
            model.parameters().named(model.parameters().grads())
                    .forEach((n, t) -> values.put(n, download(backend, ctx, t, scale)));
            return new Pass(g.config.numHiddenLayers(), host.get(StepScalars.LOSS_SUM) / valid, values);
        }
    }

    private static double[] download(Backend backend, ExecutionContext ctx, Tensor t, double scale) {
        try (Tensor host = Tensor.allocate(t.name(), t.dtype(), t.shape())) {
            backend.copyToHost(ctx, host, t);
            return Arrays.stream(host.toDoubles()).map(x -> x / scale).toArray();
        }
    }

    /** Largest difference of any tensor, by norm and relative. */
    protected static double difference(Map<String, double[]> expected, Map<String, double[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        double largest = 0;
        for (String name : expected.keySet()) {
            double[] e = expected.get(name);
            double[] a = actual.get(name);
            double squares = 0;
            double norm = 0;
            for (int i = 0; i < e.length; i++) {
                squares += (e[i] - a[i]) * (e[i] - a[i]);
                norm += e[i] * e[i];
            }
            // Written so that NaN is an infinite difference.
            double relative = Math.sqrt(squares / norm);
            largest = relative >= 0 ? Math.max(largest, relative) : Double.POSITIVE_INFINITY;
        }
        return largest;
    }

    private static void read(Path file, Map<String, double[]> into) throws IOException {
        try (SafetensorsFile f = SafetensorsFile.open(file)) {
            for (String name : f.names()) {
                try (Tensor t = Tensor.allocate(name, f.info(name).dtype(), f.info(name).shape())) {
                    f.read(name, t.segment());
                    into.put(name, t.toDoubles());
                }
            }
        }
    }

    /** The loss is a mean over targets of differences of logits, whose size is about 1 here. */
    @ParameterizedTest
    @CsvSource({"tied-gqa,BF16", "tied-gqa,F16", "untied-mha,BF16", "untied-mha,F16"})
    void isOffByItsRoundingsOnly(String name, DType type) throws IOException {
        GoldenCase g = golden(name);
        Map<String, double[]> expected = new LinkedHashMap<>();
        read(g.folder.resolve("logits.safetensors"), expected);
        read(g.folder.resolve("grads.safetensors"), expected);
        Pass pass = pass(backend(), name, type);
        double unit = unit(type);
        double logits = difference(Map.of("logits", expected.remove("logits")), Map.of("logits", pass.values().remove("logits")));
        double gradients = difference(expected, pass.values());
        double loss = Math.abs(pass.loss() - g.trajectory.path("float64").get(0).path("loss").asDouble());
        assertTrue(logits <= pass.logitUnits() * unit, "logits are off by " + logits / unit + " units");
        assertTrue(gradients <= pass.gradientUnits() * unit, "gradients are off by " + gradients / unit + " units");
        assertTrue(loss <= pass.logitUnits() * unit, "the loss is off by " + loss / unit + " units");
        // And it did compute in 16 bits.
        assertTrue(logits > unit / 2 && gradients > unit / 2, "off by only " + logits / unit + " and " + gradients / unit);
    }

    /** Losses, skips and weights of some steps over golden batches. */
    private record Run(List<Double> losses, List<Boolean> skipped, double[] weights, LossScaler.State state) {
    }

    private Run train(DType type, LossScaler scaler, List<Integer> batches) throws IOException {
        return train(type, scaler, batches, false);
    }

    private Run train(DType type, LossScaler scaler, List<Integer> batches, boolean checkpointing) throws IOException {
        Backend backend = backend();
        GoldenCase g = golden("tied-gqa");
        List<Double> losses = new ArrayList<>();
        List<Boolean> skipped = new ArrayList<>();
        try (ExecutionContext ctx = backend.newContext(2); Qwen3 model = g.model(backend, ctx, DType.F32, type)) {
            model.parameters().enableTraining();
            model.gradientCheckpointing(checkpointing);
            try (AdamW adamW = new AdamW(backend, model.parameters(), new AdamWOptions(0.9, 0.999, 1e-8, 0.1), 1);
                    TrainingStep step = new TrainingStep(model, adamW, ctx, new SingleProcess(), g.batch, g.length, scaler)) {
                for (int s = 0; s < batches.size(); s++) {
                    TrainingStep.Result r = step.run(s + 1, 3e-3, List.of(g.batch(batches.get(s))));
                    losses.add(r.loss());
                    skipped.add(r.skipped());
                }
                return new Run(losses, skipped, download(backend, ctx, model.parameters().weights(), 1), scaler.state());
            }
        }
    }

    /**
     * AdamW moves a weight by about the learning rate however small its gradient is, so gradients of the size of their own
     * rounding errors make another run of this one; its losses are still those of fp32 but for a small part.
     */
    @ParameterizedTest
    @ValueSource(strings = {"BF16", "F16"})
    void trainsAsInSinglePrecision(DType type) throws IOException {
        GoldenCase g = golden("tied-gqa");
        List<Integer> batches = IntStream.range(0, g.steps()).boxed().toList();
        Run half = train(type, type == DType.F16 ? LossScaler.dynamic(65536, 2000) : LossScaler.none(), batches);
        Run single = train(DType.F32, LossScaler.none(), batches);
        assertFalse(half.skipped().contains(true));
        for (int s = 0; s < batches.size(); s++) {
            double expected = single.losses().get(s);
            assertEquals(expected, half.losses().get(s), 2e-3 * expected, "loss of step " + s);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BF16", "F16"})
    void gradientCheckpointingKeepsTheBits(DType type) throws IOException {
        Run plain = train(type, LossScaler.dynamic(1024, 2), List.of(0, 1, 2), false);
        Run checkpointed = train(type, LossScaler.dynamic(1024, 2), List.of(0, 1, 2), true);
        assertEquals(plain.losses(), checkpointed.losses());
        assertArrayEquals(plain.weights(), checkpointed.weights());
    }

    /** Skipped steps leave no trace but the scale: the run equals, bit for bit, one that starts at the scale it came to. */
    @Test
    void anOverflowHalvesTheScaleAndSkipsTheUpdate() throws IOException {
        LossScaler scaler = LossScaler.dynamic(0x1p40, 3);
        List<Integer> batches = new ArrayList<>(Collections.nCopies(40, 0));
        Run run = train(DType.F16, scaler, batches);
        int overflows = run.skipped().indexOf(false);
        assertTrue(overflows > 5, "it took " + overflows + " steps until the gradients fitted");
        double fitting = Math.scalb(1.0, 40 - overflows);
        assertEquals(run.losses().getFirst(), run.losses().get(overflows), "weights changed in a skipped step");
        assertTrue(run.losses().getLast() < 0.7 * run.losses().getFirst(), "it did not learn: " + run.losses());
        assertTrue(run.skipped().subList(overflows, 40).contains(true), "the scale never grew too large again");
        assertEquals(run.skipped().stream().filter(s -> s).count(), run.state().skipped());
        Run straight = train(DType.F16, LossScaler.dynamic(fitting, 3), batches.subList(overflows, 40));
        assertEquals(run.losses().subList(overflows, 40), straight.losses());
        assertArrayEquals(run.weights(), straight.weights());
        assertEquals(run.state().scale(), straight.state().scale());
    }
}
