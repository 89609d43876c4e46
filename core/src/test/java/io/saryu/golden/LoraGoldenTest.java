package io.saryu.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.autograd.Tape;
import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.dist.SingleProcess;
import io.saryu.files.SafetensorsFile;
import io.saryu.lora.Adapters;
import io.saryu.lora.LoraAdapter;
import io.saryu.lora.LoraConfig;
import io.saryu.lora.PeftFolder;
import io.saryu.nn.LossEvaluator;
import io.saryu.nn.ModelInput;
import io.saryu.nn.Projection;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Weights;
import io.saryu.optim.AdamW;
import io.saryu.optim.GradientBuckets;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LoRA against PEFT in float64: logits of its adapter within 1e-5, losses of ten AdamW steps within 1e-5, the adapter after them
 * within 1e-4, the merged weights within 1e-5 (relative by norm, per tensor). Backends subclass it.
 */
public abstract class LoraGoldenTest {
    private static final String GOLDEN = "tied-gqa-lora";

    @TempDir
    Path temp;
    private Backend backend;
    private ExecutionContext ctx;
    private GoldenCase base;

    /** The backend under test. */
    protected abstract Backend backend();

    /** The type that the model computes in. */
    protected abstract DType dtype();

    @BeforeEach
    void open() throws IOException {
        backend = backend();
        ctx = backend.newContext(2);
        base = new GoldenCase("tied-gqa", temp);
    }

    @AfterEach
    void close() {
        ctx.close();
    }

    private Path golden(String folder) throws IOException {
        Path target = temp.resolve(folder);
        return Files.exists(target) ? target : GoldenFiles.copy(GOLDEN + "/" + folder, target);
    }

    private Qwen3 model() throws IOException {
        return base.model(backend, ctx, dtype(), dtype());
    }

    @Test
    void logitsOfPeftsAdapter() throws IOException {
        Path folder = GoldenFiles.copy(GOLDEN, temp.resolve("lora"));
        try (Qwen3 model = model();
                LoraAdapter adapter = PeftFolder.load(golden("adapter_initial"), model, ctx, null);
                SafetensorsFile expected = SafetensorsFile.open(folder.resolve("logits_initial.safetensors"))) {
            double[] plain = logits(model);
            model.useAdapter(adapter);
            assertClose("logits", read(expected, "logits"), logits(model), 1e-5);
            model.useAdapter(null);
            assertArrayEquals(plain, logits(model));
        }
    }

    private double[] logits(Qwen3 model) {
        Tape tape = Tape.inference(ctx);
        try (ModelInput input = ModelInput.dense(backend, ctx, base.config, base.batch, base.length)) {
            input.setIds(ctx, base.batch(0).ids());
            model.roundWeights(ctx);
            return download(model.logits(tape, model.hidden(tape, input, null)));
        } finally {
            tape.reset();
        }
    }

    @Test
    void tenStepsFinalAdapterAndMergedWeights() throws IOException {
        Path folder = GoldenFiles.copy(GOLDEN, temp.resolve("lora"));
        JsonNode steps = new ObjectMapper().readTree(folder.resolve("trajectory.json").toFile()).path("float64");
        assertEquals(10, steps.size());
        try (Qwen3 model = model(); Adapters adapters = new Adapters(model, ctx)) {
            LoraAdapter adapter = PeftFolder.load(golden("adapter_initial"), model, ctx, null);
            adapters.add("trained", adapter);
            adapters.use("trained");
            double[] before = download(model.parameters().weights());
            train(model, 10, 0, (step, r) -> {
                assertEquals(steps.get(step).path("loss").asDouble(), r.loss(), 1e-5, "loss of step " + (step + 1));
                assertEquals(steps.get(step).path("grad_norm").asDouble(), r.gradNorm(), 1e-4, "norm of step " + (step + 1));
            });
            assertFalse(model.parameters().hasGrads(), "frozen weights have no gradients");
            assertArrayEquals(before, download(model.parameters().weights()), "frozen weights");
            try (SafetensorsFile expected = SafetensorsFile.open(
                    golden("adapter_final").resolve("adapter_model.safetensors"))) {
                Map<String, Tensor> named = adapter.parameters().named();
                assertEquals(expected.names(), named.keySet());
                for (String name : expected.names()) {
                    assertClose(name, read(expected, name), download(named.get(name)), 1e-4);
                }
            }
            adapters.merge();
            try (SafetensorsFile expected = SafetensorsFile.open(golden("merged_final").resolve("model.safetensors"))) {
                for (String name : expected.names()) {
                    assertClose("merged " + name, read(expected, name), download(model.namedWeights().get(name)), 1e-5);
                }
            }
        }
    }

    private interface Seen {
        void step(int step, TrainingStep.Result result);
    }

    private void train(Qwen3 model, int steps, int checkpointed, Seen seen) {
        model.gradientCheckpointing(checkpointed);
        model.trainable().enableTraining();
        try (AdamW adamW = new AdamW(backend, model.trainable(), new AdamWOptions(0.9, 0.999, 1e-8, 0), 1);
                TrainingStep step = new TrainingStep(model, adamW, ctx, new SingleProcess(), base.batch, base.length)) {
            for (int s = 0; s < steps; s++) {
                seen.step(s, step.run(s + 1, 1e-3, List.of(base.batch(s))));
            }
        }
    }

    @Test
    void mergingChangesNothingAndIsUndoneToTheBit() throws IOException {
        try (Qwen3 model = model(); Adapters adapters = new Adapters(model, ctx)) {
            adapters.add("one", PeftFolder.load(golden("adapter_initial"), model, ctx, null));
            adapters.add("other", PeftFolder.load(golden("adapter_final"), model, ctx, null));
            assertThrows(IllegalArgumentException.class, () -> adapters.use("none"));
            double[] weights = download(model.parameters().weights());
            double[] plain = logits(model);
            adapters.use("one");
            double[] one = logits(model);
            assertFalse(Arrays.equals(plain, one));
            adapters.merge();
            assertFalse(Arrays.equals(weights, download(model.parameters().weights())));
            assertClose("merged", one, logits(model), 1e-5);
            adapters.use("other");
            assertArrayEquals(weights, download(model.parameters().weights()), "weights after merging and switching");
            assertFalse(Arrays.equals(one, logits(model)));
            adapters.merge();
            adapters.unmerge();
            adapters.use("one");
            assertArrayEquals(one, logits(model));
            adapters.merge();
            adapters.use(null);
            assertArrayEquals(plain, logits(model));
            assertArrayEquals(weights, download(model.parameters().weights()));
        }
    }

    @Test
    void everyModuleComesBackFromItsFolder() throws IOException {
        for (boolean rslora : new boolean[] {false, true}) {
            LoraConfig config = new LoraConfig(3, 5.5, 0, Projection.NAMES, rslora);
            try (Qwen3 model = model(); LoraAdapter adapter = LoraAdapter.of(model, ctx, config)) {
                adapter.initialize(ctx, 7);
                double[] plain = logits(model);
                model.useAdapter(adapter);
                assertArrayEquals(plain, logits(model), "B is zero at first");
                train(model, 2, 0, (step, r) -> assertTrue(Double.isFinite(r.loss())));
                double[] trained = logits(model);
                Path folder = Files.createDirectories(temp.resolve("saved-" + rslora));
                PeftFolder.save(adapter, ctx, folder, "base", "0123456789abcdef");
                try (LoraAdapter again = PeftFolder.load(folder, model, ctx, "0123456789abcdef")) {
                    assertEquals(config.scaling(), again.config().scaling());
                    assertEquals(adapter.modules(), again.modules());
                    model.useAdapter(again);
                    assertClose("logits of the adapter read back", trained, logits(model), dtype() == DType.F64 ? 1e-6 : 0);
                    model.useAdapter(null);
                }
                IOException e = assertThrows(IOException.class, () -> PeftFolder.load(folder, model, ctx, "other"));
                assertTrue(e.getMessage().contains("was trained on another model"), e.getMessage());
            }
        }
    }

    @Test
    void packedSequencesDoNotSeeEachOther() throws IOException {
        TrainingStep.MicroBatch batch = base.batch(0);
        int first = base.length / 3;
        int[] lengths = new int[base.batch + 1];
        Arrays.fill(lengths, base.length);
        lengths[0] = first;
        lengths[1] = base.length - first;
        try (Qwen3 model = model(); LoraAdapter adapter = PeftFolder.load(golden("adapter_initial"), model, ctx, null);
                LossEvaluator apart = new LossEvaluator(model, ctx, lengths);
                LossEvaluator together = new LossEvaluator(model, ctx, sameLengths())) {
            model.useAdapter(adapter);
            long targets = Arrays.stream(batch.targets()).filter(t -> t != TrainingStep.IGNORED).count();
            double[] expected = {together.lossSum(batch.ids(), batch.targets()) / targets,
                apart.lossSum(batch.ids(), batch.targets()) / targets};
            assertTrue(Math.abs(expected[0] - expected[1]) > 1e-4, "the case tells rows from sequences");
            adapter.parameters().enableTraining();
            try (AdamW adamW = new AdamW(backend, adapter.parameters(), new AdamWOptions(0.9, 0.999, 1e-8, 0), 1);
                    TrainingStep step = new TrainingStep(model, adamW, ctx, new SingleProcess(), base.batch, base.length,
                            base.batch + 3, LossScaler.none(), LossWatch.none(), GradientBuckets.DEFAULT_BYTES)) {
                // One after the other, so that the second step must take the second layout.
                assertEquals(expected[0], step.run(1, 0, List.of(batch)).loss(), 1e-6);
                assertEquals(expected[1], step.run(2, 0, List.of(new TrainingStep.MicroBatch(batch.ids(), batch.targets(),
                        lengths))).loss(), 1e-6);
                assertEquals((expected[0] + expected[1]) / 2, step.run(3, 0, List.of(batch, new TrainingStep.MicroBatch(
                        batch.ids(), batch.targets(), lengths))).loss(), 1e-6);
                assertThrows(IllegalArgumentException.class, () -> step.run(4, 0, List.of(new TrainingStep.MicroBatch(
                        batch.ids(), batch.targets(), new int[] {base.length + 1, base.length * base.batch - base.length - 1}))));
            }
        }
    }

    private int[] sameLengths() {
        int[] lengths = new int[base.batch];
        Arrays.fill(lengths, base.length);
        return lengths;
    }

    @Test
    void layersComputedAgainKeepTheBits() throws IOException {
        double[][] logits = new double[2][];
        for (int i = 0; i < 2; i++) {
            try (Qwen3 model = model(); LoraAdapter adapter = LoraAdapter.of(model, ctx,
                    new LoraConfig(4, 8, 0.2, Projection.NAMES, false))) {
                adapter.initialize(ctx, 7);
                model.useAdapter(adapter);
                train(model, 3, i * base.config.numHiddenLayers(), (step, r) -> { });
                logits[i] = logits(model);
            }
        }
        assertArrayEquals(logits[0], logits[1]);
    }

    /** By finite differences, for which the oracle's doubles are needed. */
    @Test
    void gradientsWithDropout() throws IOException {
        if (dtype() != DType.F64) {
            return;
        }
        try (Qwen3 model = model(); LoraAdapter golden = PeftFolder.load(golden("adapter_final"), model, ctx, null);
                LoraAdapter adapter = LoraAdapter.of(model, ctx, new LoraConfig(4, 8, 0.3, golden.config().targetModules(),
                        false))) {
            backend.copy(ctx, adapter.parameters().weights(), golden.parameters().weights());
            model.useAdapter(golden);
            double plain = lossOf(model);
            model.useAdapter(adapter);
            double dropped = lossOf(model);
            assertTrue(Math.abs(plain - dropped) > 1e-6, "dropout leaves something out");
            double[] gradient = download(adapter.parameters().grads());
            Tensor weights = adapter.parameters().weights();
            for (long i = 5; i < weights.count(); i += weights.count() / 40) {
                double w = weights.getAt(i);
                double h = 1e-4;
                weights.setAt(i, w + h);
                double above = lossOf(model);
                weights.setAt(i, w - h);
                double below = lossOf(model);
                weights.setAt(i, w);
                assertEquals((above - below) / (2 * h), gradient[(int) i], 1e-7, "weight " + i);
            }
        }
    }

    /** The loss of one step that changes nothing. */
    private double lossOf(Qwen3 model) {
        model.trainable().enableTraining();
        try (AdamW adamW = new AdamW(backend, model.trainable(), new AdamWOptions(0.9, 0.999, 1e-8, 0), 1);
                TrainingStep step = new TrainingStep(model, adamW, ctx, new SingleProcess(), base.batch, base.length)) {
            step.seed(11);
            return step.run(3, 0, List.of(base.batch(0))).loss();
        }
    }

    @Test
    void anAdapterOnTheWeightsThatOnlyCompute() throws IOException {
        if (dtype() == DType.F64) {
            return;
        }
        try (Qwen3 model = model(); Qwen3 narrow = Qwen3.frozen(backend, ctx, base.config, DType.I8);
                Adapters adapters = new Adapters(narrow, ctx)) {
            Qwen3Weights.load(narrow, ctx, base.folder);
            adapters.add("one", PeftFolder.load(golden("adapter_final"), narrow, ctx, null));
            adapters.use("one");
            double[] narrowLogits = logits(narrow);
            try (LoraAdapter adapter = PeftFolder.load(golden("adapter_final"), model, ctx, null)) {
                model.useAdapter(adapter);
                assertClose("logits over int8 weights", logits(model), narrowLogits, 0.03);
                model.useAdapter(null);
            }
            assertThrows(IllegalStateException.class, adapters::merge);
        }
    }

    @Test
    void badAdaptersAreRefusedInOneSentence() throws IOException {
        Path adapter = golden("adapter_final");
        GoldenCase other = new GoldenCase("untied-mha", temp);
        try (Qwen3 model = other.model(backend, ctx, dtype(), dtype())) {
            assertSentence("was made for another model", () -> PeftFolder.load(adapter, model, ctx, null));
        }
        try (Qwen3 model = model()) {
            assertSentence("it has no adapter_config.json", () -> PeftFolder.load(base.folder, model, ctx, null));
            edit(adapter, "\"use_dora\": false", "\"use_dora\": true");
            assertSentence("use_dora", () -> PeftFolder.load(adapter, model, ctx, null));
            edit(adapter, "\"use_dora\": true", "\"use_dora\": false");
            edit(adapter, "\"r\": 4", "\"r\": 5");
            assertSentence("another r", () -> PeftFolder.load(adapter, model, ctx, null));
            edit(adapter, "\"r\": 5", "\"r\": 0");
            assertSentence("must be at least 1", () -> PeftFolder.load(adapter, model, ctx, null));
            edit(adapter, "\"r\": 0", "\"r\": 4");
            edit(adapter, "\"LORA\"", "\"IA3\"");
            assertSentence("only LORA", () -> PeftFolder.load(adapter, model, ctx, null));
            assertSentence("target_modules names 'q_prj'",
                    () -> LoraAdapter.of(model, ctx, new LoraConfig(4, 8, 0, List.of("q_prj"), false)));
            model.parameters().enableTraining();
            try (LoraAdapter fine = LoraAdapter.of(model, ctx, new LoraConfig(4, 8, 0, List.of("q_proj"), false))) {
                assertThrows(IllegalStateException.class, () -> model.useAdapter(fine));
            }
        }
    }

    private static void edit(Path adapter, String from, String to) throws IOException {
        Path file = adapter.resolve("adapter_config.json");
        String text = Files.readString(file);
        assertTrue(text.contains(from), from);
        Files.writeString(file, text.replace(from, to));
    }

    private interface Work {
        Object run() throws IOException;
    }

    private static void assertSentence(String part, Work work) {
        Exception e = assertThrows(Exception.class, work::run);
        assertTrue(e.getMessage().contains(part) && !e.getMessage().contains("\n"), e.getMessage());
    }

    private double[] download(Tensor t) {
        try (Tensor host = Tensor.allocate(t.name(), t.dtype(), t.shape())) {
            backend.copyToHost(ctx, host, t);
            return host.toDoubles();
        }
    }

    private static double[] read(SafetensorsFile file, String name) throws IOException {
        try (Tensor t = Tensor.allocate(name, file.info(name).dtype(), file.info(name).shape())) {
            file.read(name, t.segment());
            return t.toDoubles();
        }
    }

    private static void assertClose(String what, double[] expected, double[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (expected[i] - actual[i]) * (expected[i] - actual[i]);
            norm += expected[i] * expected[i];
        }
        double relative = Math.sqrt(difference / norm);
        assertTrue(relative <= tolerance, what + " is off by " + relative + ", more than " + tolerance);
    }
}
