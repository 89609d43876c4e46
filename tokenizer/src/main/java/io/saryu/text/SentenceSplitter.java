package io.saryu.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into sentences by hand-written rules; English, Hindi, Awadhi and lines that mix them. Immutable.
 *
 * <ul>
 *   <li>Danda and double danda end a sentence whatever follows, and take with them repeats, verse numbers
 *       ({@code ।।12।।}) and closing quotes. A vertical bar after Devanagari counts as a danda.
 *   <li>{@code ?} and {@code !} end one before white space, if no lower-case letter follows.
 *   <li>A full stop ends one before white space likewise, but not after a title, an initial, the number of a list item,
 *       or an abbreviation (see {@link Abbreviations}).
 * </ul>
 */
public final class SentenceSplitter {
    private static final String CLOSING = "\"'”’)]}»";
    private static final String OPENING = "\"'“‘([{«";

    /** The sentences of {@code line} in order, without the white space between them; none for a blank line. */
    public List<String> split(String line) {
        List<String> sentences = new ArrayList<>();
        int start = 0;
        while (start < line.length()) {
            int end = sentenceEnd(line, start);
            String sentence = line.substring(start, end).strip();
            if (!sentence.isEmpty()) {
                sentences.add(sentence);
            }
            start = end;
        }
        return sentences;
    }

    /** Index after the sentence that starts at {@code start}. */
    private static int sentenceEnd(String line, int start) {
        int i = start;
        while (i < line.length()) {
            if (!isTerminator(line, i)) {
                i++;
                continue;
            }
            int runEnd = endOfRun(line, i);
            int end = skipClosing(line, runEnd);
            if (ends(line, start, i, runEnd, end)) {
                return end;
            }
            i = runEnd;
        }
        return line.length();
    }

    private static boolean ends(String line, int start, int run, int runEnd, int end) {
        int next = skipSpaces(line, end);
        if (next == line.length()) {
            return true;
        }
        for (int i = run; i < runEnd; i++) {
            if (isDanda(line, i)) {
                return true;
            }
        }
        boolean apart = next > end || isDevanagari(line.charAt(next));
        if (!apart || !canStart(line, next)) {
            return false;
        }
        char last = line.charAt(runEnd - 1);
        if (last == '?' || last == '!') {
            return true;
        }
        return runEnd - run > 1 || last != '.' || next > end && stopEnds(line, start, run, next);
    }

    /** Whether one full stop at {@code stop} ends the sentence that began at {@code start}. */
    private static boolean stopEnds(String line, int start, int stop, int next) {
        int wordStart = stop;
        while (wordStart > start && isWordPart(line.charAt(wordStart - 1))) {
            wordStart--;
        }
        String word = line.substring(wordStart, stop);
        if (word.isEmpty()) {
            return true;
        }
        if (isNumber(word) && word.length() <= 3 && skipSpaces(line, start) == wordStart) {
            return false;
        }
        return switch (Abbreviations.kind(word)) {
            case NONE -> true;
            case NEVER_LAST -> false;
            case BEFORE_NUMBER -> !Character.isDigit(line.charAt(next));
            case EITHER -> Abbreviations.startsSentence(wordAt(line, next));
        };
    }

    /** No sentence starts with a lower-case letter or with a sign that joins. */
    private static boolean canStart(String line, int next) {
        int i = next;
        while (i < line.length() && OPENING.indexOf(line.charAt(i)) >= 0) {
            i++;
        }
        if (i == line.length()) {
            return true;
        }
        char c = line.charAt(i);
        return !Character.isLowerCase(c) && ",;:".indexOf(c) < 0;
    }

    private static boolean isTerminator(String line, int i) {
        char c = line.charAt(i);
        return c == '.' || c == '?' || c == '!' || c == '…' || isDanda(line, i);
    }

    private static boolean isDanda(String line, int i) {
        char c = line.charAt(i);
        return c == '।' || c == '॥' || c == '|' && followsDevanagari(line, i);
    }

    private static boolean followsDevanagari(String line, int i) {
        int before = i - 1;
        while (before >= 0 && (line.charAt(before) == ' ' || line.charAt(before) == '|')) {
            before--;
        }
        return before >= 0 && isDevanagari(line.charAt(before));
    }

    /** After the terminators at {@code i}; dandas go on over spaces and verse numbers to the last danda. */
    private static int endOfRun(String line, int i) {
        int end = i;
        boolean danda = false;
        while (end < line.length() && isTerminator(line, end)) {
            danda |= isDanda(line, end);
            end++;
        }
        while (danda) {
            int more = skipSpaces(line, end);
            int afterNumber = more;
            while (afterNumber < line.length() && Character.isDigit(line.charAt(afterNumber))) {
                afterNumber++;
            }
            more = skipSpaces(line, afterNumber);
            if (more == line.length() || !isDanda(line, more)) {
                break;
            }
            end = more + 1;
        }
        return end;
    }

    private static int skipClosing(String line, int from) {
        int end = from;
        while (end < line.length() && CLOSING.indexOf(line.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    private static int skipSpaces(String line, int from) {
        int i = from;
        while (i < line.length() && Character.isWhitespace(line.charAt(i))) {
            i++;
        }
        return i;
    }

    private static String wordAt(String line, int from) {
        int start = from;
        while (start < line.length() && OPENING.indexOf(line.charAt(start)) >= 0) {
            start++;
        }
        int end = start;
        while (end < line.length() && Character.isLetter(line.charAt(end))) {
            end++;
        }
        return line.substring(start, end);
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '&' || isDevanagari(c);
    }

    private static boolean isNumber(String word) {
        return word.chars().allMatch(Character::isDigit);
    }

    private static boolean isDevanagari(char c) {
        return c >= 0x0900 && c <= 0x097F && c != '।' && c != '॥';
    }
}
