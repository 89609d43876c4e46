package io.saryu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    /** Both signs, so that an order by the bits of floats shows. */
    private static final float[] LOGITS = {-3f, 2.5f, -0.25f, 1f, 0.5f, -8f, 2f, 0f};
    private static final int DRAWS = 40_000;

    private static GenerationOptions options(double temperature, int topK, double topP, double penalty) {
        return new GenerationOptions(1, temperature, topK, topP, penalty, List.of(), 7, false, false);
    }

    private static double[] frequencies(Sampler sampler) {
        double[] counts = new double[LOGITS.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.next(LOGITS, 0)] += 1.0 / DRAWS;
        }
        return counts;
    }

    /** Softmax at a temperature over the given ids alone. */
    private static double[] softmax(double temperature, int... ids) {
        double[] p = new double[LOGITS.length];
        double sum = 0;
        for (int id : ids) {
            p[id] = Math.exp(LOGITS[id] / temperature);
            sum += p[id];
        }
        for (int id : ids) {
            p[id] /= sum;
        }
        return p;
    }

    private static void assertClose(double[] expected, double[] actual) {
        for (int i = 0; i < expected.length; i++) {
            // Five standard deviations of a frequency over so many draws.
            assertEquals(expected[i], actual[i], 5 * Math.sqrt(0.25 / DRAWS), "token " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.8, 1.0, 2.0})
    void samplesTheSoftmax(double temperature) {
        assertClose(softmax(temperature, 0, 1, 2, 3, 4, 5, 6, 7),
                frequencies(new Sampler(options(temperature, 0, 1, 1), LOGITS.length, 0)));
    }

    @Test
    void topKKeepsTheMostLikely() {
        assertClose(softmax(1, 1, 6, 3), frequencies(new Sampler(options(1, 3, 1, 1), LOGITS.length, 0)));
        assertClose(softmax(1, 1), frequencies(new Sampler(options(1, 1, 1, 1), LOGITS.length, 0)));
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesIt() {
        double[] p = softmax(1, 0, 1, 2, 3, 4, 5, 6, 7);
        // Between the first two and the first three tokens.
        double two = p[1] + p[6];
        assertClose(softmax(1, 1, 6, 3), frequencies(new Sampler(options(1, 0, two + 1e-6, 1), LOGITS.length, 0)));
        assertClose(softmax(1, 1, 6), frequencies(new Sampler(options(1, 0, two - 1e-6, 1), LOGITS.length, 0)));
    }

    @Test
    void repetitionPenaltyPushesSeenTokensDown() {
        Sampler sampler = new Sampler(options(0, 0, 1, 2), LOGITS.length, 0);
        assertEquals(1, sampler.next(LOGITS, 0));
        sampler.see(1);
        assertEquals(6, sampler.next(LOGITS, 0));
        sampler.see(6);
        // 2.5 / 2 is still above the 1.0 of token 3.
        assertEquals(1, sampler.next(LOGITS, 0));
        float[] negative = {-1f, -1.5f};
        Sampler other = new Sampler(options(0, 0, 1, 2), 2, 0);
        other.see(0);
        assertEquals(1, other.next(negative, 0));
    }

    @Test
    void seedsAndSequencesHaveTheirOwnStreams() {
        assertEquals(draws(7, 0), draws(7, 0));
        assertTrue(!draws(7, 0).equals(draws(8, 0)));
        assertTrue(!draws(7, 0).equals(draws(7, 1)));
    }

    private static List<Integer> draws(long seed, int sequence) {
        Sampler sampler = new Sampler(new GenerationOptions(1, 1, 0, 1, 1, List.of(), seed, false, false), LOGITS.length,
                sequence);
        return IntStream.range(0, 50).mapToObj(i -> sampler.next(LOGITS, 0)).toList();
    }

    /** Few of many tokens are selected another way than many; scores are rounded, so that many tie with the last. */
    @Test
    void topKOfALargeVocabularyKeepsTheMostLikely() {
        Random random = new Random(4);
        for (int k : new int[] {1, 2, 17, 60}) {
            float[] logits = new float[2000];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = Math.round(20 * random.nextGaussian()) / 10f;
            }
            Set<Integer> expected = IntStream.range(0, logits.length).boxed()
                    .sorted((a, b) -> logits[a] == logits[b] ? a - b : Float.compare(logits[b], logits[a])).limit(k)
                    .collect(Collectors.toSet());
            Sampler sampler = new Sampler(options(50, k, 1, 1), logits.length, 0);
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < 3000; i++) {
                seen.add(sampler.next(logits, 0));
            }
            assertEquals(expected, seen);
        }
    }
}
