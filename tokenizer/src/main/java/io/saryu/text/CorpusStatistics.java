package io.saryu.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Counts the text of each language of a corpus. */
public final class CorpusStatistics {
    private CorpusStatistics() {
    }

    /** Statistics per language, in the order given. */
    public record Report(List<Language> languages) {
    }

    /**
     * One language.
     *
     * @param language           its code
     * @param files              files read
     * @param lines              lines with text
     * @param blankLines         lines without
     * @param badLines           lines that are not UTF-8 text, not counted further
     * @param characters         code points, line ends not among them
     * @param bytes              UTF-8 bytes, line ends not among them
     * @param words              runs of characters that are not white space
     * @param longestLine        code points of the longest line
     * @param devanagariFraction code points of the Devanagari blocks over all code points
     * @param classes            code points by class
     */
    public record Language(String language, long files, long lines, long blankLines, long badLines, long characters,
                           long bytes, long words, long longestLine, double devanagariFraction, Classes classes) {
    }

    /**
     * Code points by class; each is in one of them.
     *
     * @param devanagari  letters and signs of Devanagari
     * @param latin       letters of Latin
     * @param otherLetter letters and marks of other scripts, or of all scripts
     * @param digit       decimal digits of every script
     * @param punctuation punctuation, danda included
     * @param symbol      symbols, emoji among them
     * @param space       white space
     * @param other       all else: controls, format characters, unassigned
     */
    public record Classes(long devanagari, long latin, long otherLetter, long digit, long punctuation, long symbol,
                          long space, long other) {
    }

    /**
     * Runs the stage; it writes nothing.
     *
     * @param inputs per language, as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read
     */
    public static Report run(Map<String, List<String>> inputs, ReadOptions read, ProgressListener listener)
            throws IOException {
        List<Corpus> corpora = new ArrayList<>();
        for (List<String> input : inputs.values()) {
            corpora.add(Corpus.of(input));
        }
        Progress progress = new Progress(listener, corpora.stream().mapToLong(Corpus::bytes).sum());
        List<Language> languages = new ArrayList<>();
        for (String language : inputs.keySet()) {
            Corpus corpus = corpora.get(languages.size());
            languages.add(count(language, corpus, read, progress));
            progress.inputDone(corpus.bytes());
        }
        return new Report(List.copyOf(languages));
    }

    private static Language count(String language, Corpus corpus, ReadOptions read, Progress progress)
            throws IOException {
        TextCounter counter = new TextCounter();
        try (LineReader reader = new LineReader(corpus, read)) {
            String line;
            while ((line = reader.next()) != null) {
                progress.at(reader.bytesRead());
                counter.add(line);
            }
            ReadReport report = reader.report();
            return counter.result(language, report.files(), report.badLineCount());
        }
    }
}
