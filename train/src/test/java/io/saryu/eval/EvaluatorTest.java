package io.saryu.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.autograd.Tape;
import io.saryu.data.EvalWindows;
import io.saryu.data.TokenFileSequence;
import io.saryu.data.TokenSequence;
import io.saryu.files.TokenFile;
import io.saryu.model.LanguageModel;
import io.saryu.nn.ModelInput;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.train.Progress;
import io.saryu.train.TinyRun;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The evaluator beside a plain computation from logits, window by window, in double. */
class EvaluatorTest {
    private static LanguageModel model;
    private static TokenFileSequence tokens;

    @BeforeAll
    static void open() throws Exception {
        model = LanguageModel.open(TinyRun.get().model(), "reference", 1);
        tokens = new TokenFileSequence(TokenFile.open(TinyRun.get().tokens("en", "validation")));
    }

    @AfterAll
    static void close() throws Exception {
        model.close();
        tokens.close();
    }

    /** The first tokens of the validation text. */
    private record Head(long count) implements TokenSequence {
        @Override
        public String name() {
            return "head";
        }

        @Override
        public void read(long from, int[] out, int at, int length) {
            tokens.read(from, out, at, length);
        }
    }

    private static double plainLoss(long count, int context) {
        int v = model.network().config().vocabSize();
        double sum = 0;
        for (long from = 0; from < count - 1; from += context) {
            int length = (int) Math.min(context, count - 1 - from);
            int[] window = new int[length + 1];
            tokens.read(from, window, 0, length + 1);
            Tape tape = Tape.inference(model.context());
            try (ModelInput input = ModelInput.dense(model.network().backend(), model.context(), model.network().config(), 1,
                    length); Tensor host = Tensor.allocate("logits", model.network().dtype(), length, v)) {
                input.setIds(model.context(), java.util.Arrays.copyOf(window, length));
                model.network().backend().copyToHost(model.context(), host,
                        model.network().logits(tape, model.network().hidden(tape, input, null)));
                for (int t = 0; t < length; t++) {
                    double total = 0;
                    for (int i = 0; i < v; i++) {
                        total += Math.exp(host.get((long) t * v + i));
                    }
                    sum += Math.log(total) - host.get((long) t * v + window[t + 1]);
                }
            } finally {
                tape.reset();
            }
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"129,16,3", "130,16,3", "100,32,2", "33,32,4", "34,32,4", "20,32,4", "2,32,4", "65,64,1", "120,7,100"})
    void lossIsTheMeanOverAllWindows(long count, int context, int batch) {
        EvalReport report = new Evaluator(model.network(), model.context(), batch).run(
                Map.of("head", new EvalWindows(new Head(count), context, 321)), Progress.NONE);
        EvalResult result = report.results().getFirst();
        double sum = plainLoss(count, context);
        assertEquals(count - 1, result.tokens());
        assertEquals(sum / (count - 1), result.loss(), 1e-5 * result.loss());
        assertEquals(Math.exp(result.loss()), result.perplexity());
        assertEquals(sum / Math.log(2) / 321, result.bitsPerByte(), 1e-5 * result.bitsPerByte());
        assertEquals(context, report.contextLength());
    }

    @Test
    void cpuAndReferenceAgree() throws Exception {
        Map<String, EvalWindows> texts = new LinkedHashMap<>();
        texts.put("a", new EvalWindows(new Head(150), 32, 400));
        texts.put("b", new EvalWindows(new Head(77), 32, 200));
        EvalReport reference = new Evaluator(model.network(), model.context(), 4).run(texts, Progress.NONE);
        try (LanguageModel cpu = LanguageModel.open(TinyRun.get().model(), "cpu", 2)) {
            EvalReport report = new Evaluator(cpu.network(), cpu.context(), 4).run(texts, Progress.NONE);
            assertEquals(DType.F32, cpu.network().dtype());
            for (int i = 0; i < 2; i++) {
                assertEquals(reference.results().get(i).loss(), report.results().get(i).loss(), 1e-5);
            }
            assertEquals(149 + 76, report.overall().tokens());
            assertEquals((report.results().get(0).loss() * 149 + report.results().get(1).loss() * 76) / 225,
                    report.overall().loss(), 1e-9);
        }
    }

    @Test
    void tokensOfAnotherVocabularyAreRefused() {
        TokenSequence foreign = new TokenSequence() {
            @Override
            public String name() {
                return "foreign.bin";
            }

            @Override
            public long count() {
                return 50;
            }

            @Override
            public void read(long from, int[] out, int at, int length) {
                java.util.Arrays.fill(out, at, at + length, TinyRun.VOCABULARY);
            }
        };
        String message = assertThrows(IllegalArgumentException.class, () -> new Evaluator(model.network(), model.context(), 2)
                .run(Map.of("x", new EvalWindows(foreign, 16, 0)), Progress.NONE)).getMessage();
        assertTrue(message.startsWith("foreign.bin holds token id " + TinyRun.VOCABULARY), message);
    }
}
