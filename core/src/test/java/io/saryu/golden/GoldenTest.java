package io.saryu.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.autograd.Tape;
import io.saryu.backend.AdamWOptions;
import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import io.saryu.backend.StepScalars;
import io.saryu.dist.SingleProcess;
import io.saryu.files.SafetensorsFile;
import io.saryu.nn.KvCache;
import io.saryu.nn.ModelInput;
import io.saryu.nn.Qwen3;
import io.saryu.optim.AdamW;
import io.saryu.optim.LearningRateSchedule;
import io.saryu.optim.TrainingStep;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole model against float64 values from PyTorch and transformers: logits and every gradient within 1e-5, weights
 * after 20 AdamW steps within 1e-4 (relative by norm, per tensor), each loss within 1e-5, greedy continuations equal.
 * Backends subclass it.
 */
public abstract class GoldenTest {
    @TempDir
    Path temp;
    private Backend backend;
    private ExecutionContext ctx;
    private double largest;

    /** The backend under test. */
    protected abstract Backend backend();

    /** The type that the model computes in. */
    protected abstract DType dtype();

    @BeforeEach
    void open() {
        backend = backend();
        ctx = backend.newContext(2);
    }

    @AfterEach
    void close(TestInfo test) {
        // The figures of RESULTS.md.
        System.getLogger(GoldenTest.class.getName()).log(System.Logger.Level.INFO, () -> backend.name() + " "
                + test.getTestMethod().orElseThrow().getName() + " " + test.getDisplayName() + ": largest relative error "
                + largest);
        ctx.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void logits(String name) throws IOException {
        GoldenCase g = new GoldenCase(name, temp);
        Tape tape = Tape.inference(ctx);
        try (Qwen3 model = g.model(backend, ctx, dtype(), dtype());
                ModelInput input = ModelInput.dense(backend, ctx, g.config, g.batch, g.length);
                SafetensorsFile expected = SafetensorsFile.open(g.folder.resolve("logits.safetensors"))) {
            input.setIds(ctx, g.batch(0).ids());
            Tensor logits = model.logits(tape, model.hidden(tape, input, null));
            assertClose("logits", read(expected, "logits"), download(logits), 1e-5);
        } finally {
            tape.reset();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void gradients(String name) throws IOException {
        GoldenCase g = new GoldenCase(name, temp);
        try (Qwen3 model = g.model(backend, ctx, dtype(), dtype());
                SafetensorsFile expected = SafetensorsFile.open(g.folder.resolve("grads.safetensors"))) {
            model.parameters().enableTraining();
            backward(g, model, false);
            Map<String, Tensor> grads = model.parameters().named(model.parameters().grads());
            assertEquals(expected.names().size(), grads.size());
            for (String tensor : expected.names()) {
                assertClose("gradient of " + tensor, read(expected, tensor), download(grads.get(tensor)), 1e-5);
            }
        }
    }

    /** Gradients of the case's first batch, added to what is there or not. */
    private void backward(GoldenCase g, Qwen3 model, boolean add) {
        TrainingStep.MicroBatch batch = g.batch(0);
        Tape tape = Tape.training(ctx);
        try (ModelInput input = ModelInput.dense(backend, ctx, g.config, g.batch, g.length);
                Tensor targets = backend.allocate("targets", DType.I32, batch.targets().length);
                Tensor scalars = backend.allocate("scalars", DType.F64, StepScalars.COUNT);
                Tensor host = Tensor.allocate("scalars", DType.F64, StepScalars.COUNT)) {
            input.setIds(ctx, batch.ids());
            ModelInput.set(ctx, targets, batch.targets());
            host.fillFrom(StepScalars.initial());
            host.set(StepScalars.VALID_TARGETS, Arrays.stream(batch.targets()).filter(t -> t >= 0).count());
            backend.copyFromHost(ctx, scalars, host);
            tape.accumulateParameterGradients(add);
            model.loss(tape, input, targets, scalars);
            tape.backward(model.parameters().groups());
        }
    }

    /** Activations in the memory of gradients; where these add to zeros, and so are not lent, the bits are the same. */
    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void lentGradientsKeepTheBits(String name) throws IOException {
        GoldenCase g = new GoldenCase(name, temp);
        for (int checkpointed = g.config.numHiddenLayers(); checkpointed >= 0; checkpointed--) {
            double[] own = gradients(g, true, checkpointed);
            ctx.close();
            ctx = backend.newContext(2);
            assertArrayEquals(own, gradients(g, false, checkpointed), checkpointed + " layers");
            ctx.close();
            ctx = backend.newContext(2);
        }
    }

    private double[] gradients(GoldenCase g, boolean add, int checkpointed) throws IOException {
        try (Qwen3 model = g.model(backend, ctx, dtype(), dtype())) {
            model.gradientCheckpointing(checkpointed);
            model.parameters().enableTraining();
            backward(g, model, add);
            // Adding to zero makes a negative zero positive.
            return Arrays.stream(download(model.parameters().grads())).map(x -> x + 0.0).toArray();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void trajectory(String name) throws IOException {
        GoldenCase g = new GoldenCase(name, temp);
        JsonNode optim = g.trajectory.path("case").path("optim");
        AdamWOptions options = new AdamWOptions(optim.path("betas").get(0).asDouble(), optim.path("betas").get(1).asDouble(),
                optim.path("eps").asDouble(), optim.path("weight_decay").asDouble());
        LearningRateSchedule schedule = new LearningRateSchedule(LearningRateSchedule.Type.LINEAR,
                optim.path("lr").asDouble(), optim.path("warmup").asInt(), g.steps());
        try (Qwen3 model = g.model(backend, ctx, dtype(), dtype())) {
            model.parameters().enableTraining();
            try (AdamW adamW = new AdamW(backend, model.parameters(), options, optim.path("clip").asDouble());
                    TrainingStep step = new TrainingStep(model, adamW, ctx, new SingleProcess(), g.batch, g.length)) {
                for (int s = 0; s < g.steps(); s++) {
                    JsonNode expected = g.trajectory.path("float64").get(s);
                    assertEquals(expected.path("lr").asDouble(), schedule.at(s + 1), 1e-12, "learning rate of step " + s);
                    TrainingStep.Result r = step.run(s + 1, schedule.at(s + 1), List.of(g.batch(s)));
                    assertEquals(expected.path("loss").asDouble(), r.loss(), 1e-5, "loss of step " + (s + 1));
                    assertEquals(expected.path("grad_norm").asDouble(), r.gradNorm(), 1e-4, "norm of step " + (s + 1));
                }
            }
            try (SafetensorsFile expected = SafetensorsFile.open(g.folder.resolve("final.safetensors"))) {
                for (String tensor : expected.names()) {
                    assertClose("final " + tensor, read(expected, tensor), download(model.namedWeights().get(tensor)), 1e-4);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied-gqa", "untied-mha"})
    void gradientCheckpointingSavesMemoryAndKeepsTheBits(String name) throws IOException {
        GoldenCase g = new GoldenCase(name, temp);
        double[] plain = threeSteps(g, 0);
        long[] peak = {ctx.workspace().peakBytesInUse(), 0};
        for (int layers = 1; layers <= g.config.numHiddenLayers(); layers++) {
            ctx.close();
            ctx = backend.newContext(2);
            assertArrayEquals(plain, threeSteps(g, layers), layers + " layers");
            peak[1] = ctx.workspace().peakBytesInUse();
        }
        assertTrue(peak[1] < 0.8 * peak[0], "peak of activations " + peak[1] + " against " + peak[0]);
    }

    /** Losses, norms and the final weights of three steps of two micro-batches each. */
    private double[] threeSteps(GoldenCase g, int checkpointed) throws IOException {
        double[] figures = new double[6];
        try (Qwen3 model = g.model(backend, ctx, dtype(), dtype())) {
            model.gradientCheckpointing(checkpointed);
            model.parameters().enableTraining();
            try (AdamW adamW = new AdamW(backend, model.parameters(), new AdamWOptions(0.9, 0.999, 1e-8, 0.1), 1);
                    TrainingStep step = new TrainingStep(model, adamW, ctx, new SingleProcess(), g.batch, g.length)) {
                for (int s = 0; s < 3; s++) {
                    TrainingStep.Result r = step.run(s + 1, 1e-2, List.of(g.batch(2 * s), g.batch(2 * s + 1)));
                    figures[2 * s] = r.loss();
                    figures[2 * s + 1] = r.gradNorm();
                }
            }
            double[] weights = model.namedWeights().values().stream().flatMapToDouble(t -> Arrays.stream(download(t)))
                    .toArray();
            double[] all = Arrays.copyOf(figures, 6 + weights.length);
            System.arraycopy(weights, 0, all, 6, weights.length);
            return all;
        }
    }

    @Test
    void greedyContinuationsEqual() throws IOException {
        GoldenCase g = new GoldenCase("tied-gqa", temp);
        Path file = GoldenFiles.copy("tied-gqa-lora", temp.resolve("lora")).resolve("greedy.json");
        JsonNode cases = new ObjectMapper().readTree(file.toFile());
        assertTrue(cases.size() > 0);
        try (Qwen3 model = g.model(backend, ctx, dtype(), dtype()); KvCache cache = new KvCache(model, ctx, cases.size(), 128)) {
            for (int c = 0; c < cases.size(); c++) {
                int[] expected = array(cases.get(c).path("continuation"));
                assertArrayEquals(expected, greedy(model, cache, c, array(cases.get(c).path("prompt")), expected.length));
            }
        }
    }

    private int[] greedy(Qwen3 model, KvCache cache, int sequence, int[] prompt, int count) {
        Tape tape = Tape.inference(ctx);
        int[] out = new int[count];
        int[] next = prompt;
        for (int i = 0; i < count; i++) {
            Tensor logits = cache.advance(tape, new int[] {sequence}, new int[][] {next});
            double[] values = download(logits);
            tape.reset();
            for (int v = 1; v < values.length; v++) {
                if (values[v] > values[out[i]]) {
                    out[i] = v;
                }
            }
            next = new int[] {out[i]};
        }
        return out;
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

    private void assertClose(String what, double[] expected, double[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (expected[i] - actual[i]) * (expected[i] - actual[i]);
            norm += expected[i] * expected[i];
        }
        double relative = Math.sqrt(difference / norm);
        largest = Math.max(largest, relative);
        assertTrue(relative <= tolerance, what + " is off by " + relative + ", more than " + tolerance);
    }

    private static int[] array(JsonNode node) {
        int[] out = new int[node.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = node.get(i).asInt();
        }
        return out;
    }
}
