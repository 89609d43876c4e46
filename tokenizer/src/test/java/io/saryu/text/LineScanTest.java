package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Eight bytes at a time find what one at a time does. */
class LineScanTest {
    private static final byte[] BYTES = " \n..?!|~aZ0\t\r\u007F\0\u001F!".getBytes(StandardCharsets.ISO_8859_1);

    private static byte[] random(Random random, int strange) {
        byte[] bytes = new byte[random.nextInt(60)];
        for (int i = 0; i < bytes.length; i++) {
            int any = random.nextInt(strange);
            bytes[i] = any < BYTES.length ? BYTES[any] : any == BYTES.length ? (byte) random.nextInt(256) : (byte) ('a' + any % 26);
        }
        return bytes;
    }

    private static boolean isPlain(byte[] bytes, int from, int to) {
        boolean plain = to > from && bytes[from] != ' ' && bytes[to - 1] != ' ';
        for (int i = from; i < to; i++) {
            plain &= bytes[i] >= ' ' && bytes[i] != 0x7F && (bytes[i] != ' ' || bytes[i + 1 == to ? i : i + 1] != ' ' || i + 1 == to);
        }
        return plain;
    }

    @Test
    void findsLineEndsAndPlainLines() {
        LineScan scan = new LineScan();
        int plain = 0;
        for (int seed = 0; seed < 60_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = random(random, seed % 3 == 0 ? 40 : 1000);
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(bytes.length - from + 1);
            int end = from;
            while (end < to && bytes[end] != '\n') {
                end++;
            }
            assertEquals(end, scan.lineEnd(bytes, from, to), "seed " + seed);
            assertEquals(isPlain(bytes, from, end), scan.isPlain(), "seed " + seed);
            plain += scan.isPlain() ? 1 : 0;
            int terminator = from;
            while (terminator < to && ".?!|".indexOf(bytes[terminator]) < 0) {
                terminator++;
            }
            assertEquals(terminator, LineScan.terminator(bytes, from, to), "seed " + seed);
        }
        assertEquals(30_000, plain, 25_000);
    }

    @Test
    void sentencesOfAsciiAreThoseOfCharacters() {
        String[] pieces = {"Dr. ", "He said so. ", "\"Why?\" ", "asked. ", "3.5 ", "1. ", "e.g. ", "No! ", "... ", "| ", "||", "A. ", "end.Then ", ":-) "};
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            byte[] bytes = ("xx" + text).getBytes(StandardCharsets.US_ASCII);
            char[] chars = text.toString().toCharArray();
            SentenceBoundaries expected = new SentenceBoundaries();
            SentenceBoundaries found = new SentenceBoundaries();
            int[] bounds = bounds(expected, expected.find(chars, 0, chars.length));
            assertArrayEquals(bounds, bounds(found, found.findAscii(chars, chars.length, bytes, 2)), text.toString());
        }
    }

    private static int[] bounds(SentenceBoundaries boundaries, int count) {
        int[] bounds = new int[2 * count];
        for (int i = 0; i < count; i++) {
            bounds[2 * i] = boundaries.start(i);
            bounds[2 * i + 1] = boundaries.end(i);
        }
        return bounds;
    }

    @Test
    void utf8ComesAndGoes() {
        Utf8Decoder decoder = new Utf8Decoder();
        String[] pieces = {"a", "é", "क", "ॿ", "ऀ", "\u0800", "\u0980", "\uFFFD", "।", " ", "\u07FF"};
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            char[] chars = new char[bytes.length];
            assertEquals(text.toString(), new String(chars, 0, decoder.decode(bytes, 0, bytes.length, chars)));
            byte[] again = new byte[3 * text.length()];
            assertEquals(text.toString(), new String(again, 0, Utf8Decoder.encode(chars, text.length(), again), StandardCharsets.UTF_8));
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                String mended = new String(bytes, StandardCharsets.UTF_8);
                boolean bad = mended.indexOf('\uFFFD') >= 0 && !text.toString().contains("\uFFFD") || mended.indexOf('\0') >= 0;
                if (!text.toString().contains("\uFFFD")) {
                    int length = decoder.decode(bytes, 0, bytes.length, chars);
                    assertEquals(bad ? "bad" : mended, length < 0 ? "bad" : new String(chars, 0, length), "seed " + seed);
                }
            }
        }
    }
}
