package io.saryu.text;

import static io.saryu.text.SentenceSigns.isDevanagari;

/** Whether terminators end a sentence although nothing parts them from the next word, as careless writers have it. */
final class Glued {
    private Glued() {
    }

    /**
     * Decides by the words on both sides: before, one in lower-case letters or a Hindi or Awadhi verb; after, one that often
     * begins a sentence, or any in Devanagari. So names of files, hosts and classes stay whole.
     */
    static boolean ends(char[] text, int start, int run, int runEnd, int next, int to) {
        int before = FullStop.wordBefore(text, start, run);
        if (isDevanagari(text[next])) {
            return Abbreviations.endsSentence(text, before, run);
        }
        if (next != runEnd || !Character.isUpperCase(text[next]) || !isPlain(text, start, before, run)) {
            return false;
        }
        int end = FullStop.wordEnd(text, next, to);
        boolean host = end + 1 < to && text[end] == '.' && !SentenceSigns.isSpace(text[end + 1]);
        return Abbreviations.startsSentence(text, next, end) && !host;
    }

    /** Two lower-case letters or more after white space. */
    private static boolean isPlain(char[] text, int start, int from, int to) {
        if (to - from < 2 || from > start && !SentenceSigns.isSpace(text[from - 1])) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!Character.isLowerCase(text[i])) {
                return false;
            }
        }
        return true;
    }
}
