package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageTrainerTest {
    private static final LanguageTrainer.Options SMALL = new LanguageTrainer.Options(1 << 12, 3, 0.5f, 1e-4f, 3);

    @TempDir
    Path folder;

    /** Two made-up languages: the same stems, other endings. */
    private static List<LanguageTrainer.Example> examples(int count, int seed) {
        Random random = new Random(seed);
        List<LanguageTrainer.Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean first = random.nextBoolean();
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < 8; word++) {
                for (int letter = random.nextInt(4) + 1; letter > 0; letter--) {
                    text.append((char) ('क' + random.nextInt(30)));
                }
                text.append(random.nextInt(3) > 0 ? "" : first ? "गा" : "बै").append(' ');
            }
            examples.add(new LanguageTrainer.Example(text.toString(), first ? "ga" : "be"));
        }
        return examples;
    }

    @Test
    void learnsEqualBytesFromEqualTexts() throws IOException {
        List<LanguageTrainer.Example> examples = examples(300, 1);
        byte[] model = new LanguageTrainer(SMALL).train(examples).toBytes();
        assertArrayEquals(model, new LanguageTrainer(SMALL).train(examples).toBytes());
        assertFalse(Arrays.equals(model, new LanguageTrainer(SMALL).train(examples(300, 2)).toBytes()));
        Path file = Files.write(folder.resolve("two.model"), model);
        LanguageModel read = LanguageModel.read(file);
        assertEquals(List.of("be", "ga"), read.languages());
        assertArrayEquals(model, read.toBytes());
        LanguageIdentifier identifier = new LanguageIdentifier(read);
        List<LanguageTrainer.Example> test = examples(200, 9);
        long right = test.stream().filter(e -> identifier.identify(e.text()).equals(e.language())).count();
        assertTrue(right >= 180, "right: " + right);
    }

    @Test
    void crossValidationTestsEachTextOnce() {
        List<LanguageTrainer.Example> examples = examples(200, 4);
        LanguageScore score = new LanguageTrainer(SMALL).crossValidate(examples, List.of(), 4, 1);
        assertEquals(200, Arrays.stream(score.confusion()).mapToLong(row -> Arrays.stream(row).sum()).sum());
        assertTrue(score.macroF1() > 0.85, "macro F1 " + score.macroF1());
        assertEquals((score.f1(0) + score.f1(1)) / 2, score.macroF1(), 1e-12);
    }

    @Test
    void textsWithFiveWordsInCommonAreInOneFold() {
        List<LanguageTrainer.Example> examples = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            examples.add(new LanguageTrainer.Example("a" + i + " b" + i + " c" + i + " d" + i + " e" + i, "x"));
            examples.add(new LanguageTrainer.Example("z a" + i + " b" + i + " c" + i + " d" + i + " e" + i, "y"));
        }
        int[] fold = LanguageFolds.of(examples, 5, 1);
        int[] sizes = new int[5];
        for (int i = 0; i < 800; i += 2) {
            assertEquals(fold[i], fold[i + 1]);
            sizes[fold[i]]++;
        }
        assertTrue(Arrays.stream(sizes).allMatch(size -> size > 40), Arrays.toString(sizes));
        assertNotEquals(Arrays.toString(fold), Arrays.toString(LanguageFolds.of(examples, 5, 2)));
    }

    @Test
    void scoresByF1() {
        LanguageScore score = new LanguageScore(List.of("a", "b"), new long[][] {{6, 2}, {1, 11}});
        assertEquals(12 / 15.0, score.f1(0), 1e-12);
        assertEquals(22 / 25.0, score.f1(1), 1e-12);
    }

    @Test
    void readsTablesAndText() throws IOException {
        Path table = Files.writeString(folder.resolve("t.tsv"), "कल\tHIN\n\nबा\tBHO\n");
        assertEquals(List.of(new LanguageTrainer.Example("कल", "hi"), new LanguageTrainer.Example("बा", "bho")),
                LanguageExamples.ofTable(table.toString()));
        Path text = Files.writeString(folder.resolve("t.txt"), "short\n" + "line number %d\n".repeat(9).formatted(1, 2, 3, 4, 5, 6, 7, 8, 9));
        assertEquals(List.of("line number 1", "line number 4", "line number 7"),
                LanguageExamples.ofText("hi", List.of(text.toString()), 3).stream().map(LanguageTrainer.Example::text).toList());
        Files.writeString(table, "कल\tHIN\nno tab here\n");
        String message = assertThrows(CorpusException.class, () -> LanguageExamples.ofTable(table.toString())).getMessage();
        assertTrue(message.contains("t.tsv line 2 is not a text, a tab and a language"), message);
    }

    @Test
    void refusesWhatIsNoModel() throws IOException {
        byte[] model = new LanguageTrainer(SMALL).train(examples(50, 1)).toBytes();
        Random random = new Random(5);
        for (int i = 0; i < 60; i++) {
            byte[] broken = i == 0 ? new byte[0] : Arrays.copyOf(model, random.nextInt(model.length));
            Path file = Files.write(folder.resolve("broken"), broken);
            assertTrue(assertThrows(CorpusException.class, () -> LanguageModel.read(file)).getMessage()
                    .contains("not a language model"));
        }
        byte[] flipped = model.clone();
        flipped[model.length / 2] ^= 1;
        Path file = Files.write(folder.resolve("broken"), flipped);
        assertThrows(CorpusException.class, () -> LanguageModel.read(file));
        assertThrows(CorpusException.class, () -> LanguageModel.read(folder.resolve("missing")));
        assertThrows(IllegalArgumentException.class,
                () -> new LanguageTrainer(SMALL).train(List.of(new LanguageTrainer.Example("क", "hi"))));
        assertThrows(IllegalArgumentException.class, () -> LanguageFolds.of(List.of(), 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new LanguageTrainer.Options(1000, 1, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new LanguageTrainer.Options(1024, 0, 1, 0, 0));
    }
}
