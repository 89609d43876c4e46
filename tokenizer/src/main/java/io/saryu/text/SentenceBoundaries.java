package io.saryu.text;

import java.util.Arrays;

/**
 * Finds sentences in a char array, by the rules of {@link SentenceSplitter}, for text that comes by the gigabyte: an
 * instance keeps its result in a buffer that it uses again, so that nothing is allocated per sentence.
 *
 * <p>Most characters cost one look into a table: only at a full stop, a question or exclamation mark, an ellipsis or a danda
 * are words around it looked at. Time is linear in the length, whatever the text.
 *
 * <p>Not for use by two threads at once.
 */
public final class SentenceBoundaries {
    private int[] bounds = new int[64];
    private int count;

    /**
     * Finds the sentences from {@code from} to {@code to}. A sentence neither begins nor ends with white space, except that
     * white space at its beginning which a combining mark follows stays; the characters between two sentences, and outside
     * of the first and the last, are white space. No boundary is within a surrogate pair or before a combining mark.
     *
     * @return the number of sentences, 0 where all is white space; {@link #start} and {@link #end} tell where they are,
     *         until the next call
     * @throws IndexOutOfBoundsException when the range is not within the array
     */
    public int find(char[] text, int from, int to) {
        if (from < 0 || from > to || to > text.length) {
            throw new IndexOutOfBoundsException("characters " + from + " to " + to + " of " + text.length);
        }
        return find(text, from, to, null, 0);
    }

    /** As {@link #find(char[], int, int)}, for the first {@code length} characters, all ASCII: the bytes from {@code offset} on. */
    int findAscii(char[] text, int length, byte[] bytes, int offset) {
        return find(text, 0, length, bytes, offset);
    }

    private int find(char[] text, int from, int to, byte[] ascii, int offset) {
        count = 0;
        int start = SentenceSigns.skipSpaces(text, from, to);
        int i = start;
        while (true) {
            i = ascii == null ? candidate(text, i, to) : LineScan.terminator(ascii, offset + i, offset + to) - offset;
            if (i >= to) {
                break;
            }
            if (!SentenceSigns.isTerminator(text, start, i)) {
                i++;
                continue;
            }
            int runEnd = SentenceEnd.endOfRun(text, start, i, to);
            int closed = SentenceSigns.skipClosing(text, runEnd, to);
            int spaces = SentenceSigns.skipSpaces(text, closed, to);
            int face = Emoticons.end(text, spaces, to);
            int end = face > spaces ? face : closed;
            if (!SentenceEnd.ends(text, start, i, runEnd, closed, end, to)) {
                i = runEnd;
                continue;
            }
            add(start, end);
            start = SentenceSigns.skipSpaces(text, end, to);
            i = start;
        }
        if (start < to) {
            add(start, SentenceSigns.skipSpacesBack(text, start, to));
        }
        return count;
    }

    private static int candidate(char[] text, int from, int to) {
        int i = from;
        while (i < to && !SentenceSigns.isCandidate(text[i])) {
            i++;
        }
        return i;
    }

    /** Index of the first character of a sentence, counted from 0, in the array that was given. */
    public int start(int sentence) {
        return bounds[2 * checked(sentence)];
    }

    /** Index after the last character of a sentence. */
    public int end(int sentence) {
        return bounds[2 * checked(sentence) + 1];
    }

    private int checked(int sentence) {
        if (sentence < 0 || sentence >= count) {
            throw new IndexOutOfBoundsException("sentence " + sentence + " of " + count);
        }
        return sentence;
    }

    private void add(int start, int end) {
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        count++;
    }
}
