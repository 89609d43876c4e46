package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {
    private static final NearDuplicates.Options SMALL = new NearDuplicates.Options(0.8, 3, 1 << 20);

    private static List<String> words(Random random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(random.nextBoolean() ? "w" + random.nextInt(5000) : "श" + (char) ('क' + random.nextInt(30)) + random.nextInt(200));
        }
        return words;
    }

    private static double jaccard(List<String> a, List<String> b) {
        Set<List<String>> runs = runs(a);
        Set<List<String>> both = new HashSet<>(runs);
        both.retainAll(runs(b));
        runs.addAll(runs(b));
        return both.size() / (double) runs.size();
    }

    private static Set<List<String>> runs(List<String> words) {
        Set<List<String>> runs = new HashSet<>();
        for (int i = 0; i + 3 <= words.size(); i++) {
            runs.add(words.subList(i, i + 3));
        }
        return runs;
    }

    @Test
    void findsWhatDiffersInCaseAndPunctuationOnly() {
        NearDuplicates seen = new NearDuplicates(SMALL);
        assertEquals(NearDuplicates.NONE, seen.find("The boat crossed the river, before the rain came."));
        assertEquals(0, seen.find("the boat crossed the RIVER before: the rain came"));
        assertEquals(NearDuplicates.NONE, seen.find("नाव नदी के उस पार पहुँच गई थी।"));
        assertEquals(1, seen.find("नाव, नदी के उस पार पहुँच गई थी"));
        assertEquals(NearDuplicates.NONE, seen.find("नाव नदी के इस पर पहुंच गया था"), "signs of vowels belong to words");
        assertEquals(NearDuplicates.NONE, seen.find("two words"));
        assertEquals(3, seen.find("Two words!"));
        assertEquals(NearDuplicates.NONE, seen.find("words two"));
        assertEquals(NearDuplicates.NONE, seen.find("... !"));
        assertEquals(NearDuplicates.NONE, seen.find("... !"));
        assertEquals(5, seen.remembered());
    }

    @Test
    void decidesBySimilarity() {
        int alike = 0;
        int alikeFound = 0;
        int unlike = 0;
        int unlikeFound = 0;
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            List<String> first = words(random, 60 + random.nextInt(200));
            List<String> second = new ArrayList<>(first);
            for (int change = random.nextInt(first.size() / 5 + 1); change > 0; change--) {
                second.set(random.nextInt(second.size()), "changed" + change);
            }
            NearDuplicates seen = new NearDuplicates(new NearDuplicates.Options(0.8, 3, 1 << 16));
            seen.find(String.join(" ", first));
            boolean found = seen.find(String.join(" ", second)) == 0;
            double jaccard = jaccard(first, second);
            if (jaccard >= 0.9) {
                alike++;
                alikeFound += found ? 1 : 0;
            } else if (jaccard <= 0.65) {
                unlike++;
                unlikeFound += found ? 1 : 0;
            }
        }
        assertTrue(alike > 50 && unlike > 50, alike + " and " + unlike);
        assertTrue(alikeFound >= 0.97 * alike, alikeFound + " of " + alike);
        assertTrue(unlikeFound <= 0.02 * unlike, unlikeFound + " of " + unlike);
    }

    @Test
    void findsDuplicatesAmongManyTextsAndForgetsTheOldest() {
        NearDuplicates seen = new NearDuplicates(SMALL);
        int capacity = seen.capacity();
        assertTrue(capacity >= 2048 && capacity <= 1 << 13, "capacity " + capacity);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 2 * capacity; i++) {
            texts.add(String.join(" ", words(new Random(i), 30)));
            assertEquals(NearDuplicates.NONE, seen.find(texts.get(i)), "text " + i);
        }
        int recent = 0;
        for (int i = 2 * capacity - capacity / 2; i < 2 * capacity; i++) {
            recent += seen.find(texts.get(i) + " more") == i ? 1 : 0;
        }
        assertTrue(recent >= 0.95 * capacity / 2, recent + " of " + capacity / 2);
        assertEquals(NearDuplicates.NONE, seen.find(texts.get(0)));
    }

    @Test
    void equalTextsGiveEqualAnswers() {
        long[][] answers = new long[2][3000];
        for (long[] answer : answers) {
            NearDuplicates seen = new NearDuplicates(SMALL);
            for (int i = 0; i < answer.length; i++) {
                answer[i] = seen.find(String.join(" ", words(new Random(i % 1700), 12)));
            }
        }
        assertTrue(Arrays.equals(answers[0], answers[1]));
        assertEquals(5, answers[0][1705]);
        MinHash elsewhere = new MinHash(3);
        NearDuplicates seen = new NearDuplicates(SMALL);
        for (int i = 0; i < 2000; i++) {
            char[] text = String.join(" ", words(new Random(i % 1700), 12)).toCharArray();
            assertTrue(elsewhere.of(text, 0, text.length));
            assertEquals(answers[0][i], seen.find(elsewhere.minima()));
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThrows(IllegalArgumentException.class, () -> new NearDuplicates.Options(0, 3, 1 << 20));
        assertThrows(IllegalArgumentException.class, () -> new NearDuplicates.Options(0.8, 0, 1 << 20));
        assertThrows(IllegalArgumentException.class, () -> new NearDuplicates.Options(0.8, 3, 1000));
        assertThrows(IllegalArgumentException.class, () -> new NearDuplicates(SMALL).find(new int[3]));
    }
}
