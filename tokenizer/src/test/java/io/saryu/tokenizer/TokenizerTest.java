package io.saryu.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "  two  spaces  ", "\n", "\n\n a\n", "line\nbreak", "tab\there\t", "a\0b", "\r\n",
        "### Instruction:\\nx", "उठा ता", "it ' s", "<s></s><unk><pad>", "<0x0A>", "[NAME][NAME] [EMAIL]\n",
        "<|im_start|>user\nHi<|im_end|>\n", "क्‍या क्‌ष", "\u200b\ufeffzero", "👩‍👩‍👧‍👦", "\u2028\u2029\u0085"})
    void givesTheTextBack(String text) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
        }
    }

    @Test
    void givesRandomTextAndTheSampleBack() throws IOException {
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            texts.add(RandomText.of(random, random.nextInt(30)));
        }
        for (String language : SampleText.LANGUAGES) {
            texts.addAll(SampleText.lines(language, 5000));
        }
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            int[][] one = tokenizer.encodeBatch(texts, 1);
            int[][] two = tokenizer.encodeBatch(texts, 2);
            assertArrayEquals(one, two);
            assertEquals(texts, tokenizer.decodeBatch(List.of(two), 2));
        }
    }

    @Test
    void keepsSymbolsWhole() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            List<String> symbols = TokenizerTrainerOptions.defaultSymbols();
            for (int i = 0; i < symbols.size(); i++) {
                assertArrayEquals(new int[] {4 + i}, tokenizer.encode(symbols.get(i)));
                assertTrue(List.of(box(tokenizer.encode("मेरा " + symbols.get(i) + ", so"))).contains(4 + i));
            }
            assertEquals(4, tokenizer.pieceId("\n"));
        }
    }

    /** Long documents too: SentencePiece alone would lose the small differences between scores in their large sums. */
    @Test
    void encodesLinesOfADocumentAsAlone() throws IOException {
        List<String> lines = SampleText.lines("hi", 20_000);
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            int[] document = tokenizer.encode(String.join("\n", lines));
            int at = 0;
            for (int[] line : tokenizer.encodeBatch(lines, 2)) {
                assertArrayEquals(line, Arrays.copyOfRange(document, at, at + line.length));
                at += line.length + 1;
            }
            assertEquals(document.length + 1, at);
        }
    }

    @Test
    void keepsDigitsApart() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            for (int id = 0; id < tokenizer.vocabSize(); id++) {
                String piece = tokenizer.piece(id);
                assertTrue(tokenizer.type(id) != PieceType.NORMAL || piece.length() == 1
                        || piece.chars().noneMatch(Character::isDigit), piece);
            }
        }
    }

    @Test
    void takesUnpairedSurrogatesAsReplacementCharacters() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            assertEquals("a\uFFFDb\uFFFD", tokenizer.decode(tokenizer.encode("a\uD800b\uDC00")));
            assertEquals("\uFFFD\uD83D\uDE00", tokenizer.decode(tokenizer.encode("\uD83D\uD83D\uDE00")));
        }
    }

    @Test
    void refusesIdsOutsideOfTheVocabulary() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model())) {
            for (int id : new int[] {-1, SampleText.VOCAB, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                String message = assertThrows(IllegalArgumentException.class,
                        () -> tokenizer.decode(5, id)).getMessage();
                assertTrue(message.contains("id " + id), message);
                assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.piece(id));
                assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.type(id));
            }
            assertThrows(IllegalArgumentException.class, () -> tokenizer.encodeBatch(List.of("a"), 0));
        }
    }

    @Test
    void refusesAllUseAfterClose() throws IOException {
        Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model());
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        tokenizer.close();
        tokenizer.close();
        List<Executable> uses = List.of(() -> tokenizer.encode("a"), () -> tokenizer.decode(1), tokenizer::vocabSize,
                () -> tokenizer.piece(1), () -> tokenizer.type(1), tokenizer::unkId, () -> tokenizer.pieceId("a"),
                () -> decoder.add(5), () -> tokenizer.encodeBatch(List.of(), 1));
        for (Executable use : uses) {
            assertThrows(IllegalStateException.class, use);
        }
        assertEquals(64, tokenizer.sha256().length());
    }

    @Test
    void manyThreadsMayUseOneWhileItIsClosed() throws Exception {
        Tokenizer tokenizer = Tokenizer.fromBytes(SampleText.model());
        int[] expected = tokenizer.encode("the same text everywhere");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Integer>> users = new ArrayList<>();
        Callable<Integer> user = () -> {
            for (int calls = 0;; calls++) {
                try {
                    assertArrayEquals(expected, tokenizer.encode("the same text everywhere"));
                } catch (IllegalStateException closed) {
                    return calls;
                }
            }
        };
        for (int i = 0; i < 4; i++) {
            users.add(pool.submit(user));
        }
        Thread.sleep(100);
        tokenizer.close();
        for (Future<Integer> done : users) {
            assertTrue(done.get() >= 0);
        }
        pool.shutdown();
    }

    @Test
    void loadsFilesAndFolders(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve(Tokenizer.FILE_NAME), SampleText.model());
        try (Tokenizer byFolder = Tokenizer.load(folder); Tokenizer byFile = Tokenizer.load(file)) {
            assertEquals(byFolder.sha256(), byFile.sha256());
        }
        for (Path missing : List.of(folder.resolve("none"), Files.createDirectory(folder.resolve("empty")))) {
            String message = assertThrows(TokenizerException.class, () -> Tokenizer.load(missing)).getMessage();
            assertTrue(message.contains(missing.toString()), message);
        }
        Path text = Files.writeString(folder.resolve("text"), "This is no model.");
        String message = assertThrows(TokenizerException.class, () -> Tokenizer.load(text)).getMessage();
        assertTrue(message.contains(text.toString()), message);
    }

    private static Integer[] box(int[] ids) {
        Integer[] boxed = new Integer[ids.length];
        for (int i = 0; i < ids.length; i++) {
            boxed[i] = ids[i];
        }
        return boxed;
    }
}
