package io.saryu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.autograd.Tape;
import io.saryu.model.LanguageModel;
import io.saryu.nn.ModelInput;
import io.saryu.nn.Qwen3;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.train.TinyRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Generation with a real, if tiny, trained model. */
class GenerateTest {
    private static final List<String> PROMPTS = List.of("The", "एक दिन राजा ने अपने मंत्री से", "हमरे गाँव मा", "She looked at",
            "a");
    private static LanguageModel model;

    @BeforeAll
    static void open() throws Exception {
        model = LanguageModel.open(TinyRun.get().model(), "cpu", 2);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static GenerationOptions sampled(double temperature, int topK, double topP, double penalty, long seed,
            String... stops) {
        return new GenerationOptions(20, temperature, topK, topP, penalty, List.of(stops), seed, false, true);
    }

    private static String one(String prompt, GenerationOptions options) {
        return model.generate(prompt, options);
    }

    private static int[][] tokens(int[][] prompts, GenerationOptions options) {
        return new TokenGenerator(model.network(), model.context(), model.tokenizer().eosId()).generate(prompts, options,
                (sequence, id) -> true);
    }

    private static int[] ids(String text) {
        return model.tokenizer().encode(text);
    }

    /** Logits of the last token, computed without a cache. */
    private static float[] logits(Qwen3 network, int[] ids) {
        Tape tape = Tape.inference(model.context());
        int v = network.config().vocabSize();
        float[] all = new float[ids.length * v];
        try (ModelInput input = ModelInput.dense(network.backend(), model.context(), network.config(), 1, ids.length);
                Tensor host = Tensor.allocate("logits", DType.F32, ids.length, v)) {
            input.setIds(model.context(), ids);
            network.backend().copyToHost(model.context(), host, network.logits(tape, network.hidden(tape, input, null)));
            model.context().synchronize();
            host.copyTo(0, all);
        } finally {
            tape.reset();
        }
        return Arrays.copyOfRange(all, (ids.length - 1) * v, all.length);
    }

    @Test
    void greedyTakesTheBestTokenOfTheWholeSequence() {
        int[] prompt = ids("She looked at");
        int[] generated = tokens(new int[][] {prompt}, new GenerationOptions(15, 1, 0, 1, 1, List.of(), 0, true, true))[0];
        assertEquals(15, generated.length);
        int[] sequence = prompt;
        for (int id : generated) {
            float[] scores = logits(model.network(), sequence);
            float best = Float.NEGATIVE_INFINITY;
            for (float s : scores) {
                best = Math.max(best, s);
            }
            // Two tokens may be as good as equal; the cache rounds otherwise than one pass over all.
            assertEquals(best, scores[id], 1e-4, "token " + id + " of " + Arrays.toString(generated));
            sequence = Arrays.copyOf(sequence, sequence.length + 1);
            sequence[sequence.length - 1] = id;
        }
    }

    @Test
    void greedyTextIsTheDecodedTokens() {
        GenerationOptions options = GenerationOptions.greedy(20);
        for (String prompt : PROMPTS) {
            int[] generated = tokens(new int[][] {ids(prompt)}, options)[0];
            int length = generated.length;
            if (length > 0 && generated[length - 1] == model.tokenizer().eosId()) {
                length--;
            }
            assertEquals(model.tokenizer().decode(Arrays.copyOf(generated, length)), one(prompt, options));
        }
    }

    @Test
    void batchesGiveWhatSinglePromptsGive() {
        GenerationOptions options = new GenerationOptions(25, 1, 0, 1, 1, List.of(), 0, true, true);
        List<String> together = model.generate(PROMPTS, options, TextGenerator.Listener.NONE);
        List<String> alone = PROMPTS.stream().map(p -> one(p, options)).toList();
        assertEquals(alone, together);
        assertTrue(new HashSet<>(PROMPTS.stream().map(p -> ids(p).length).toList()).size() > 2);
    }

    @Test
    void streamedTextIsTheWholeText() {
        for (GenerationOptions options : List.of(GenerationOptions.greedy(30), sampled(1.5, 0, 1, 1, 3),
                sampled(3, 0, 1, 1, 4), sampled(1, 50, 0.9, 1, 5, "e", "ा"))) {
            List<StringBuilder> streamed = new ArrayList<>();
            PROMPTS.forEach(p -> streamed.add(new StringBuilder()));
            List<String> whole = model.generate(PROMPTS, options, (prompt, text) -> {
                streamed.get(prompt).append(text);
                assertFalse(!text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1)), text);
                return true;
            });
            assertEquals(whole, streamed.stream().map(StringBuilder::toString).toList());
        }
    }

    @Test
    void streamedTokensDecodeToTheText() {
        GenerationOptions options = sampled(3, 0, 1, 1, 9);
        int[] generated = tokens(new int[][] {ids("The")}, options)[0];
        String decoded = model.tokenizer().decode(generated);
        assertEquals(decoded, one("The", options));
        assertEquals(20, generated.length);
    }

    @Test
    void aSeedGivesOneText() {
        assertEquals(one("The", sampled(1, 0, 1, 1, 11)), one("The", sampled(1, 0, 1, 1, 11)));
        Set<String> texts = new HashSet<>();
        for (int seed = 0; seed < 5; seed++) {
            texts.add(one("The", sampled(1, 0, 1, 1, seed)));
        }
        assertTrue(texts.size() > 1, texts.toString());
        // Equal prompts of one call are not told the same thing.
        List<String> pair = model.generate(List.of("The", "The"), sampled(1.5, 0, 1, 1, 1), TextGenerator.Listener.NONE);
        assertNotEquals(pair.get(0), pair.get(1));
    }

    @Test
    void sampledTextsDoNotDependOnHowPromptsAreDivided() {
        GenerationOptions options = sampled(1, 0, 1, 1, 13);
        List<String> together = model.generate(PROMPTS, options, TextGenerator.Listener.NONE);
        List<String> divided = new ArrayList<>();
        for (int i = 0; i < PROMPTS.size(); i++) {
            divided.addAll(model.generate(i, List.of(PROMPTS.get(i)), options, TextGenerator.Listener.NONE));
        }
        assertEquals(together, divided);
    }

    @Test
    void choosingFromOneTokenIsGreedy() {
        GenerationOptions greedy = new GenerationOptions(20, 1, 0, 1, 1, List.of(), 0, true, true);
        for (String prompt : PROMPTS) {
            String best = one(prompt, greedy);
            assertEquals(best, one(prompt, sampled(1.3, 1, 1, 1, 5)), "top-k 1");
            assertEquals(best, one(prompt, sampled(1.3, 0, 1e-9, 1, 5)), "top-p 0");
            assertEquals(best, one(prompt, sampled(0, 0, 1, 1, 5)), "temperature 0");
        }
    }

    @Test
    void topKLeavesTheRestOut() {
        float[] scores = {0.1f, 5, -3, 4.5f, 4.9f, -1, 4.8f, 0};
        Set<Integer> seen = new HashSet<>();
        Sampler sampler = new Sampler(sampled(2, 3, 1, 1, 1), scores.length, 0);
        for (int i = 0; i < 300; i++) {
            seen.add(sampler.next(scores, 0));
        }
        assertEquals(Set.of(1, 4, 6), seen);
    }

    @Test
    void topPLeavesTheRestOut() {
        // Probabilities 0.5, 0.3, 0.15, 0.05.
        float[] scores = {(float) Math.log(0.05), (float) Math.log(0.5), (float) Math.log(0.15), (float) Math.log(0.3)};
        Set<Integer> seen = new HashSet<>();
        int[] counts = new int[4];
        Sampler sampler = new Sampler(sampled(1, 0, 0.7, 1, 1), scores.length, 0);
        for (int i = 0; i < 4000; i++) {
            int id = sampler.next(scores, 0);
            seen.add(id);
            counts[id]++;
        }
        assertEquals(Set.of(1, 3), seen);
        assertEquals(0.625, counts[1] / 4000.0, 0.03);
    }

    @Test
    void samplingFollowsTheProbabilities() {
        double[] probabilities = {0.05, 0.5, 0.15, 0.3};
        float[] scores = new float[4];
        for (int i = 0; i < 4; i++) {
            scores[i] = (float) Math.log(probabilities[i]);
        }
        int[] counts = new int[4];
        Sampler sampler = new Sampler(sampled(1, 0, 1, 1, 2), 4, 0);
        for (int i = 0; i < 20_000; i++) {
            counts[sampler.next(scores, 0)]++;
        }
        for (int i = 0; i < 4; i++) {
            assertEquals(probabilities[i], counts[i] / 20_000.0, 0.015);
        }
    }

    @Test
    void repetitionPenaltyMakesSeenTokensUnlikely() {
        float[] scores = {2, 1.5f, -1, -1.1f};
        GenerationOptions options = new GenerationOptions(1, 1, 0, 1, 2, List.of(), 0, true, false);
        Sampler sampler = new Sampler(options, 4, 0);
        assertEquals(0, sampler.next(scores, 0));
        sampler.see(0);
        assertEquals(1, sampler.next(scores, 0), "2 / 2 is below 1.5");
        float[] negative = {-2, -1, -1.5f, -5};
        Sampler other = new Sampler(options, 4, 0);
        other.see(1);
        assertEquals(2, other.next(negative, 0), "-1 * 2 is below -1.5");

        int[] plain = tokens(new int[][] {ids("The")}, new GenerationOptions(25, 1, 0, 1, 1, List.of(), 0, true, true))[0];
        int[] penalised =
                tokens(new int[][] {ids("The")}, new GenerationOptions(25, 1, 0, 1, 1e6, List.of(), 0, true, true))[0];
        assertTrue(Arrays.stream(penalised).distinct().count() > Arrays.stream(plain).distinct().count(),
                Arrays.toString(penalised));
    }

    @Test
    void anEmptyPromptBeginsAText() {
        GenerationOptions options = new GenerationOptions(10, 1, 0, 1, 1, List.of(), 0, true, true);
        int[] begun = tokens(new int[][] {{model.tokenizer().eosId()}}, options)[0];
        assertEquals(model.tokenizer().decode(begun), one("", options));
    }

    @Test
    void generationEndsAtTheLongestContext() {
        int longest = model.network().config().maxPositionEmbeddings();
        assertEquals(64, longest);
        int[] prompt = new int[longest - 5];
        Arrays.fill(prompt, 300);
        GenerationOptions options = new GenerationOptions(100, 1, 0, 1, 1, List.of(), 0, true, true);
        // The last position's token is still predicted from a full context.
        assertEquals(6, tokens(new int[][] {prompt}, options)[0].length);
        int[][] both = tokens(new int[][] {prompt, {300}}, options);
        assertEquals(6, both[0].length);
        assertEquals(longest, both[1].length);
        for (int length : new int[] {longest, longest + 1}) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> tokens(new int[][] {new int[length]}, options)).getMessage();
            assertTrue(message.contains("max_position_embeddings is 64"), message);
        }
        assertThrows(IllegalArgumentException.class, () -> tokens(new int[][] {{}}, options));
        assertThrows(IllegalArgumentException.class, () -> tokens(new int[][] {{TinyRun.VOCABULARY}}, options));
        assertThrows(IllegalArgumentException.class, () -> tokens(new int[][] {{-1}}, options));
    }

    @Test
    void endOfTextEndsOneSequenceOnly() {
        int[] free = tokens(new int[][] {ids("The")}, new GenerationOptions(20, 1, 0, 1, 1, List.of(), 0, true, true))[0];
        int end = free[3];
        int first = 0;
        while (free[first] != end) {
            first++;
        }
        TokenGenerator generator = new TokenGenerator(model.network(), model.context(), end);
        int[][] both = generator.generate(new int[][] {ids("The"), ids("The")},
                new GenerationOptions(20, 1, 0, 1, 1, List.of(), 0, true, false), (sequence, id) -> true);
        assertArrayEquals(Arrays.copyOf(free, first + 1), both[0]);
        assertArrayEquals(both[0], both[1]);
        int[][] one = new TokenGenerator(model.network(), model.context(), -1).generate(
                new int[][] {ids("The"), ids("The")}, new GenerationOptions(20, 1, 0, 1, 1, List.of(), 0, true, false),
                (sequence, id) -> sequence == 1 || id != end);
        assertArrayEquals(Arrays.copyOf(free, first + 1), one[0]);
        assertArrayEquals(free, one[1]);
    }

    @Test
    void zeroTokensAreAnEmptyText() {
        assertEquals("", one("The", GenerationOptions.greedy(0)));
        assertEquals(List.of(), model.generate(List.of(), GenerationOptions.greedy(5), TextGenerator.Listener.NONE));
    }

    @Test
    void textsEndBeforeTheStopString() {
        GenerationOptions free = new GenerationOptions(30, 1, 0, 1, 1, List.of(), 0, true, true);
        String whole = one("She looked at", free);
        assertTrue(whole.length() > 8, whole);
        for (int from = 1; from < whole.length() - 3; from++) {
            String stop = whole.substring(from, from + 3);
            StringBuilder streamed = new StringBuilder();
            String text = model.generate(List.of("She looked at"),
                    new GenerationOptions(30, 1, 0, 1, 1, List.of(stop, "never there"), 0, true, true), (i, piece) -> {
                        streamed.append(piece);
                        return true;
                    }).getFirst();
            assertEquals(whole.substring(0, whole.indexOf(stop)), text);
            assertEquals(text, streamed.toString());
        }
    }

    @Test
    void stopStringsNeverLeak() {
        Random random = new Random(1);
        for (int run = 0; run < 3000; run++) {
            List<String> stops = new ArrayList<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                stops.add(letters(random, 1 + random.nextInt(4)));
            }
            if (stops.stream().anyMatch(a -> stops.stream().anyMatch(b -> a != b && a.contains(b)))) {
                // Which of the two comes first depends on the pieces then.
                continue;
            }
            String text = letters(random, random.nextInt(30));
            int end = stops.stream().mapToInt(text::indexOf).filter(i -> i >= 0).min().orElse(text.length());
            StopStrings filter = new StopStrings(stops);
            StringBuilder shown = new StringBuilder();
            for (int at = 0; at < text.length();) {
                int next = Math.min(text.length(), at + 1 + random.nextInt(3));
                shown.append(filter.add(text.substring(at, next)));
                at = next;
                assertTrue(text.substring(0, end).startsWith(shown.toString()), stops + " in " + text + ": " + shown);
            }
            shown.append(filter.finish());
            assertEquals(text.substring(0, end), shown.toString(), stops + " in " + text);
            assertEquals(end < text.length(), filter.ended());
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < length; i++) {
            s.append((char) ('a' + random.nextInt(2)));
        }
        return s.toString();
    }

    @Test
    void aListenerEndsItsPrompt() {
        GenerationOptions options = new GenerationOptions(20, 1, 0, 1, 1, List.of(), 0, true, true);
        int[] calls = new int[2];
        List<String> texts = model.generate(List.of("The", "The"), options,
                (prompt, text) -> ++calls[prompt] < 3 || prompt == 1);
        assertEquals(3, calls[0]);
        assertEquals(one("The", options), texts.get(1));
        assertTrue(texts.get(1).startsWith(texts.get(0)), texts.toString());
    }

    @Test
    void aSecondThreadIsRefused() {
        List<Throwable> refused = new ArrayList<>();
        model.generate(List.of("The"), GenerationOptions.greedy(1), (prompt, text) -> {
            for (Runnable use : List.<Runnable>of(() -> one("a", GenerationOptions.greedy(1)), model::close)) {
                Thread other = new Thread(use);
                other.setUncaughtExceptionHandler((thread, e) -> refused.add(e));
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return false;
        });
        assertEquals(2, refused.size());
        refused.forEach(e -> assertTrue(e instanceof IllegalStateException && e.getMessage().contains("another thread"),
                e.toString()));
    }

    @Test
    void notANumberIsNoToken() {
        float[] logits = {1, Float.NaN, 2};
        for (GenerationOptions options : List.of(GenerationOptions.greedy(1), GenerationOptions.DEFAULT)) {
            assertThrows(IllegalStateException.class, () -> new Sampler(options, 3, 0).next(logits, 0));
        }
    }

    @Test
    void memoryOfACallIsGivenBack() {
        try (Tokenizer tokenizer = Tokenizer.load(TinyRun.get().tokenizer())) {
            assertEquals(tokenizer.sha256(), model.tokenizer().sha256());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        one("The", GenerationOptions.greedy(30));
        long held = model.context().workspace().bytesHeld();
        for (int i = 0; i < 5; i++) {
            one("The", GenerationOptions.greedy(30));
        }
        assertEquals(held, model.context().workspace().bytesHeld());
    }
}
