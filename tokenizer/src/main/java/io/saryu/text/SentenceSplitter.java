package io.saryu.text;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into sentences by hand-written rules; English, Hindi, Awadhi and lines that mix them. Immutable.
 *
 * <ul>
 *   <li>Danda and double danda end a sentence whatever follows, and take with them repeats, verse numbers
 *       ({@code ।।12।।}, {@code ।।7(ख)।।}) and closing quotes. A vertical bar after Devanagari counts as a danda.
 *   <li>{@code ?} and {@code !} end one before white space or Devanagari.
 *   <li>A full stop ends one before white space, but not after a title, an initial, the mark of a list item or an
 *       abbreviation (see {@link Abbreviations}); before a lower-case letter only after a plain lower-case word.
 *   <li>Nothing ends between a quotation and who says it: a lower-case letter, or a few words with a verb of speech.
 *   <li>An ellipsis ends one before a capital, not before a lower-case letter or Devanagari, which knows no capitals. Dots
 *       with spaces between them end nothing.
 *   <li>Emoticons and emoji after these belong to the sentence.
 *   <li>Without white space a full stop ends a sentence only between words that end and begin sentences often.
 * </ul>
 *
 * <p>Who has much text in char arrays calls {@link SentenceBoundaries}, which makes no strings.
 */
public final class SentenceSplitter implements Serializable {
    /** The sentences of {@code line} in order, without the white space between them; none for a blank line. */
    public List<String> split(String line) {
        SentenceBoundaries boundaries = new SentenceBoundaries();
        int count = boundaries.find(line.toCharArray(), 0, line.length());
        List<String> sentences = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sentences.add(line.substring(boundaries.start(i), boundaries.end(i)));
        }
        return sentences;
    }
}
