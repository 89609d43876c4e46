package io.saryu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.data.PackedDataset.Language;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedDatasetTest {
    private static final int T = 8;

    private static PackedDataset mixed(long seed) {
        return new PackedDataset(List.of(new Language("en", new ArrayTokens("en.bin", 0, 8001), 0.5),
                new Language("hi", new ArrayTokens("hi.bin", 100_000, 4805), 0.35),
                new Language("awa", new ArrayTokens("awa.bin", 200_000, 401), 0.15)), T, 4, seed);
    }

    private static int[] ids(BatchSource data, long position, int batch) {
        int[] ids = new int[batch * T];
        int[] targets = new int[batch * T];
        data.fill(position, batch, ids, targets);
        for (int i = 0; i < ids.length; i++) {
            assertEquals(ids[i] + 1, targets[i], "the target is the next token");
        }
        return ids;
    }

    @Test
    void oneFileComesOnceEachEpochInAnotherOrder() {
        PackedDataset data = new PackedDataset(List.of(new Language("all", new ArrayTokens("a.bin", 0, 807), null)), T, 1, 1);
        assertEquals(100, data.windowsPerEpoch());
        assertEquals(800, data.tokensPerEpoch());
        int[] first = ids(data, 0, 100);
        int[] second = ids(data, 100, 100);
        assertFalse(Arrays.equals(first, second));
        for (int[] epoch : List.of(first, second)) {
            Set<Integer> starts = new HashSet<>();
            for (int b = 0; b < 100; b++) {
                assertEquals(0, epoch[b * T] % T);
                assertTrue(starts.add(epoch[b * T]));
            }
        }
    }

    @Test
    void sharesAreExactOverAnEpoch() {
        PackedDataset data = mixed(1);
        // Awadhi has 50 windows; 4 epochs of it are 15 %, so an epoch has 200 / 0.15 windows.
        assertEquals(1333, data.windowsPerEpoch());
        for (int epoch = 0; epoch < 3; epoch++) {
            Map<String, Integer> seen = new HashMap<>();
            for (long i = 0; i < data.windowsPerEpoch(); i++) {
                seen.merge(data.languageAt(epoch * data.windowsPerEpoch() + i), 1, Integer::sum);
            }
            assertEquals(0.5, seen.get("en") / 1333.0, 1e-3);
            assertEquals(0.35, seen.get("hi") / 1333.0, 1e-3);
            assertEquals(0.15, seen.get("awa") / 1333.0, 1e-3);
        }
        assertEquals(4.0, data.epochsByLanguage().get("awa"), 0.01);
    }

    @Test
    void noWindowComesAgainBeforeAllOfItsLanguageCame() {
        PackedDataset data = mixed(7);
        Map<Integer, Integer> times = new HashMap<>();
        for (long epoch = 0; epoch < 3; epoch++) {
            int[] ids = ids(data, epoch * data.windowsPerEpoch(), (int) data.windowsPerEpoch());
            for (int i = 0; i < ids.length; i += T) {
                times.merge(ids[i], 1, Integer::sum);
            }
            for (int from : new int[] {0, 100_000, 200_000}) {
                var counts = times.entrySet().stream().filter(e -> e.getKey() >= from && e.getKey() < from + 100_000)
                        .mapToInt(Map.Entry::getValue).summaryStatistics();
                assertTrue(counts.getMax() - counts.getMin() <= 1, counts.toString());
            }
        }
    }

    @Test
    void windowsOnlyDependOnTheirPosition() {
        int[] all = ids(mixed(3), 0, 3000);
        PackedDataset again = mixed(3);
        for (int from : new int[] {2999, 1400, 0, 1332, 1333}) {
            int batch = Math.min(5, 3000 - from);
            assertArrayEquals(Arrays.copyOfRange(all, from * T, (from + batch) * T), ids(again, from, batch));
        }
        assertFalse(Arrays.equals(all, ids(mixed(4), 0, 3000)));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "8"})
    void contextLongerThanTheDataIsSaid(int tokens) {
        String message = assertThrows(IllegalArgumentException.class, () -> new PackedDataset(
                List.of(new Language("en", new ArrayTokens("en.bin", 0, tokens), null)), T, 1, 1)).getMessage();
        assertTrue(message.startsWith("context_length 8 is longer than the data: en.bin has " + tokens + " tokens"), message);
    }

    @Test
    void stepsCoverTheEpochs() {
        PackedDataset data = new PackedDataset(List.of(new Language("all", new ArrayTokens("a.bin", 0, 801), null)), T, 1, 1);
        assertEquals(25, data.steps(2, 8));
        assertEquals(13, data.steps(1, 8));
        assertEquals(1, data.steps(0.001, 8));
    }

    @ParameterizedTest
    @CsvSource({"17,8,2", "18,8,3", "2,8,1", "25,8,3", "9,1,8"})
    void evaluationPredictsEachTokenButTheFirstOnce(int count, int context, int windows) {
        EvalWindows eval = new EvalWindows(new ArrayTokens("v.bin", 0, count), context, 100);
        assertEquals(windows, eval.count());
        boolean[] predicted = new boolean[count];
        int[] ids = new int[context + 3];
        int[] targets = new int[context + 3];
        for (long w = 0; w < eval.count(); w++) {
            int n = eval.fill(w, ids, targets, 3);
            assertEquals(eval.length(w), n);
            for (int i = 0; i < n; i++) {
                assertEquals(ids[3 + i] + 1, targets[3 + i]);
                assertFalse(predicted[targets[3 + i]]);
                predicted[targets[3 + i]] = true;
            }
        }
        assertFalse(predicted[0]);
        for (int i = 1; i < count; i++) {
            assertTrue(predicted[i]);
        }
    }

    @Test
    void evaluationNeedsTwoTokens() {
        assertThrows(IllegalArgumentException.class, () -> new EvalWindows(new ArrayTokens("v.bin", 0, 1), 8, 1));
    }
}
