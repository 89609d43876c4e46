package io.saryu.instruct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.optim.TrainingStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedExamplesTest {
    private static final int PAD = 3;

    /** Example i has ids that no other has, so that each can be found again. */
    private static List<PromptTemplate.Encoded> examples(int count, int longest, long seed) {
        Random random = new Random(seed);
        List<PromptTemplate.Encoded> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = new int[3 + random.nextInt(longest - 2)];
            for (int t = 0; t < ids.length; t++) {
                ids[t] = 1000 * (i + 1) + t;
            }
            all.add(new PromptTemplate.Encoded(ids, 1 + random.nextInt(ids.length - 1)));
        }
        return all;
    }

    @Test
    void everyExampleComesOnceAnEpochWithItsAnswerAsTargets() {
        for (boolean packing : new boolean[] {true, false}) {
            List<PromptTemplate.Encoded> examples = examples(200, 65, 5);
            PackedExamples data = new PackedExamples(examples, 64, packing, PAD, 9);
            int windows = (int) data.windowsPerEpoch();
            assertTrue(packing ? data.fill() > 0.9 : windows == 200, "fill " + data.fill() + ", windows " + windows);
            for (int epoch = 0; epoch < 2; epoch++) {
                int[] ids = new int[windows * 64];
                int[] targets = new int[windows * 64];
                data.fill((long) epoch * windows, windows, ids, targets);
                int[] lengths = data.lengths((long) epoch * windows, windows);
                assertEquals(windows * 64, Arrays.stream(lengths).sum());
                boolean[] seen = new boolean[200];
                int at = 0;
                for (int length : lengths) {
                    if (ids[at] == PAD) {
                        assertTrue(Arrays.stream(ids, at, at + length).allMatch(id -> id == PAD));
                        assertTrue(Arrays.stream(targets, at, at + length).allMatch(t -> t == TrainingStep.IGNORED));
                    } else {
                        int example = ids[at] / 1000 - 1;
                        assertTrue(!seen[example]);
                        seen[example] = true;
                        assertExample(examples.get(example), ids, targets, at, length);
                    }
                    at += length;
                }
                for (boolean s : seen) {
                    assertTrue(s);
                }
            }
        }
    }

    private static void assertExample(PromptTemplate.Encoded e, int[] ids, int[] targets, int at, int length) {
        assertEquals(e.ids().length - 1, length);
        assertArrayEquals(Arrays.copyOf(e.ids(), length), Arrays.copyOfRange(ids, at, at + length));
        for (int t = 0; t < length; t++) {
            assertEquals(t + 1 < e.promptLength() ? TrainingStep.IGNORED : e.ids()[t + 1], targets[at + t]);
        }
    }

    @Test
    void aWindowIsAFunctionOfItsPosition() {
        PackedExamples data = new PackedExamples(examples(50, 30, 6), 32, true, PAD, 9);
        int[] ids = new int[8 * 32];
        int[] targets = new int[8 * 32];
        data.fill(20, 8, ids, targets);
        for (int b = 0; b < 8; b++) {
            int[] one = new int[32];
            data.fill(20 + b, 1, one, new int[32]);
            assertArrayEquals(one, Arrays.copyOfRange(ids, b * 32, b * 32 + 32));
        }
        assertTrue(data.lengths(20, 8).length <= 8 * PackedExamples.mostSequences(32));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PackedExamples(List.of(), 8, true, PAD, 0));
        assertThrows(IllegalArgumentException.class,
                () -> new PackedExamples(List.of(new PromptTemplate.Encoded(new int[10], 2)), 8, true, PAD, 0));
    }
}
