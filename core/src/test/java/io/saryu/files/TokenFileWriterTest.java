package io.saryu.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileWriterTest {
    private static final String SHA = "0".repeat(64);

    @TempDir
    Path temp;

    private List<String> names() throws IOException {
        try (var files = Files.list(temp)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void leavesNothingUnlessItIsCommitted() throws IOException {
        Path bin = temp.resolve("a.bin");
        TokenFileWriter writer = TokenFileWriter.create(bin, 100, SHA, "en");
        writer.append(new int[200_000], 200_000, 1);
        writer.close();
        writer.close();
        assertEquals(List.of(), names());
        assertTrue(assertThrows(IllegalStateException.class, () -> writer.append(new int[1], 1, 1)).getMessage()
                .contains(bin.toString()));
        assertThrows(IllegalStateException.class, writer::commit);
        WriterProcess.tokens(bin, 4);
        try (TokenFileWriter second = TokenFileWriter.create(bin, 100, SHA, "en")) {
            second.append(new int[] {1}, 1, 1);
        }
        try (TokenFile file = TokenFile.open(bin)) {
            assertEquals(4, file.get(0));
        }
    }

    @Test
    void canBeUsedOnlyOnce() throws IOException {
        try (TokenFileWriter writer = TokenFileWriter.create(temp.resolve("a.bin"), 100, SHA, "en")) {
            writer.append(new int[] {1, 99}, 2, 5);
            writer.commit();
            assertThrows(IllegalStateException.class, writer::commit);
            assertThrows(IllegalStateException.class, () -> writer.append(new int[1], 1, 1));
        }
        assertEquals(List.of("a.bin", "a.bin.json"), names());
    }

    @Test
    void refusesDocumentsWithIdsOutsideTheVocabulary() throws IOException {
        Path bin = temp.resolve("a.bin");
        try (TokenFileWriter writer = TokenFileWriter.create(bin, 100, SHA, "en")) {
            writer.append(new int[] {7, 8}, 2, 2);
            for (int bad : new int[] {-1, 100, Integer.MAX_VALUE, Integer.MIN_VALUE, 65_536}) {
                String message = assertThrows(IllegalArgumentException.class,
                        () -> writer.append(new int[] {99, bad}, 2, 1)).getMessage();
                assertTrue(message.startsWith("token 1 of document 1 for " + bin + " is " + bad), message);
            }
            assertThrows(IllegalArgumentException.class, () -> writer.append(new int[0], 0, 0));
            assertThrows(IllegalArgumentException.class, () -> writer.append(new int[1], 1, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.append(new int[1], 2, 1));
            assertEquals(new TokenFileInfo(TokenType.UINT16, 2, 1, SHA, 2, "en", 100, 8), writer.commit());
        }
        try (TokenFile file = TokenFile.open(bin)) {
            file.verify();
            assertEquals(2, file.length());
        }
    }

    @Test
    void refusesADescriptionThatItCouldNotReadBack() throws IOException {
        Path bin = temp.resolve("a.bin");
        for (String sha : List.of("", "0".repeat(63), "A".repeat(64))) {
            assertThrows(IllegalArgumentException.class, () -> TokenFileWriter.create(bin, 10, sha, "hi"));
        }
        for (String language : List.of("", " ", "a\nb", "x".repeat(101))) {
            assertThrows(IllegalArgumentException.class, () -> TokenFileWriter.create(bin, 10, SHA, language));
        }
        assertThrows(IllegalArgumentException.class, () -> TokenFileWriter.create(bin, 0, SHA, "hi"));
        assertEquals(List.of(), names());
    }

    @Test
    void keepsOldFilesWhenTheNewOnesCannotTakeTheirNames() throws IOException {
        Path bin = temp.resolve("a.bin");
        WriterProcess.tokens(bin, 4);
        try (TokenFileWriter writer = TokenFileWriter.create(bin, 100, SHA, "en")) {
            writer.append(new int[] {1}, 1, 1);
            Files.move(bin, temp.resolve("aside"));
            Files.createDirectories(bin.resolve("in the way"));
            String message = assertThrows(IOException.class, writer::commit).getMessage();
            assertTrue(message.startsWith("cannot write " + bin), message);
        }
        Files.delete(bin.resolve("in the way"));
        Files.delete(bin);
        Files.move(temp.resolve("aside"), bin);
        assertEquals(List.of("a.bin", "a.bin.json"), names());
        try (TokenFile file = TokenFile.open(bin)) {
            file.verify();
        }
        Path other = temp.resolve("b.bin");
        Files.createDirectory(temp.resolve("b.bin.json"));
        assertTrue(assertThrows(IOException.class, () -> TokenFileWriter.create(other, 9, SHA, "hi")).getMessage()
                .contains("a folder of that name is in the way"));
        assertEquals(List.of("a.bin", "a.bin.json", "b.bin.json"), names());
    }

    /** Files of one size, so that only the order of renames keeps tokens and description together. */
    @Test
    void neverPairsTokensWithTheDescriptionOfOthersWhenItIsKilled() throws Exception {
        Random random = new Random(5);
        Path bin = temp.resolve("a.bin");
        int readable = 0;
        for (int round = 0; round < 8; round++) {
            Process process = new ProcessBuilder(WriterProcess.command("again", temp.toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader lines = process.inputReader()) {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    String line = lines.readLine();
                    assertFalse(line == null, "the writer ended");
                }
                Thread.sleep(0, random.nextInt(900_000));
            } finally {
                process.destroyForcibly().waitFor();
            }
            try (TokenFile file = TokenFile.open(bin)) {
                file.verify();
                assertEquals(file.info().maxTokenId(), file.get(WriterProcess.TOKENS - 1));
                assertEquals(file.info().textBytes(), file.get(0));
                readable++;
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("its description") && e.getMessage().contains("is missing"),
                        e.getMessage());
            }
        }
        assertTrue(readable > 0);
    }

    @Test
    void isReadWholeWhileItIsReplaced() throws Exception {
        Path bin = temp.resolve("a.bin");
        Process process = new ProcessBuilder(WriterProcess.command("again", temp.toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            int readable = 0;
            for (int tries = 0; readable < 100; tries++) {
                assertTrue(tries < 100_000 && process.isAlive());
                try (TokenFile file = TokenFile.open(bin)) {
                    file.verify();
                    assertEquals(file.info().maxTokenId(), file.get(0));
                    readable++;
                } catch (MalformedFileException e) {
                    throw e;
                } catch (IOException e) {
                    assertTrue(e.getMessage().startsWith("cannot read " + temp), e.getMessage());
                    Thread.sleep(1);
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
