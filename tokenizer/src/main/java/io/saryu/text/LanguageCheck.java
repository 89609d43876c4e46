package io.saryu.text;

import java.io.IOException;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that the text of a corpus is in the languages that its files are said to be in. Reads only. */
public final class LanguageCheck {
    private static final int EXAMPLES = 5;
    private static final int EXAMPLE_CHARACTERS = 160;

    private LanguageCheck() {
    }

    /** The result per language, in the order given. */
    public record Report(double confidence, int letters, List<Language> languages) {
    }

    /**
     * The text that is said to be in one language.
     *
     * @param language        its code
     * @param lines           lines with text
     * @param badLines        lines that are not UTF-8 text, not counted further
     * @param latinShare      letters of Latin over all letters and the signs that belong to them
     * @param devanagariShare the same of Devanagari
     * @param wrongLines      lines that are surely in another language
     * @param wrongShare      these over all lines; 0 where there are none
     * @param found           lines per language that was found, doubtful ones included, most first
     * @param examples        some of the lines that are surely in another language, the first of each
     */
    public record Language(String language, long lines, long badLines, double latinShare, double devanagariShare,
                           long wrongLines, double wrongShare, List<Found> found, List<Example> examples) {
    }

    /**
     * Lines of a language that was found.
     *
     * @param lines      where it is the likeliest language
     * @param wrongLines of these, where it is surely not the language that the text is said to be in
     */
    public record Found(String language, long lines, long wrongLines) {
    }

    /** A line in another language; long ones are cut. */
    public record Example(String language, double confidence, String file, long line, String text) {
    }

    /**
     * Runs the check.
     *
     * @param inputs  per language, as in {@link Corpus#of(List)}
     * @param options confidence and letters; the languages in it are not looked at
     * @throws CorpusException          when an input cannot be read
     * @throws IllegalArgumentException when a language cannot be told
     */
    public static Report run(Map<String, List<String>> inputs, LanguageFilter.Options options, LanguageModel model,
                             ReadOptions read, ProgressListener listener) throws IOException {
        List<Corpus> corpora = new ArrayList<>();
        List<LanguageFilter> filters = new ArrayList<>();
        for (Map.Entry<String, List<String>> input : inputs.entrySet()) {
            filters.add(new LanguageFilter(
                    new LanguageFilter.Options(Set.of(input.getKey()), options.confidence(), options.letters()), model));
            corpora.add(Corpus.of(input.getValue()));
        }
        Progress progress = new Progress(listener, corpora.stream().mapToLong(Corpus::bytes).sum());
        List<Language> languages = new ArrayList<>();
        for (String language : inputs.keySet()) {
            int i = languages.size();
            languages.add(check(language, corpora.get(i), filters.get(i), read, progress));
            progress.inputDone(corpora.get(i).bytes());
        }
        return new Report(options.confidence(), options.letters(), List.copyOf(languages));
    }

    private static Language check(String language, Corpus corpus, LanguageFilter filter, ReadOptions read,
                                  Progress progress) throws IOException {
        Map<String, long[]> found = new LinkedHashMap<>();
        List<Example> examples = new ArrayList<>();
        long lines = 0;
        long wrong = 0;
        double latin = 0;
        double devanagari = 0;
        double letters = 0;
        try (LineReader reader = new LineReader(corpus, read)) {
            String line;
            while ((line = reader.next()) != null) {
                progress.at(reader.bytesRead());
                if (line.isBlank()) {
                    continue;
                }
                lines++;
                boolean passes = filter.passes(line.toCharArray(), 0, line.length());
                ScriptShares scripts = filter.scripts();
                letters += scripts.letters();
                latin += scripts.letters() * scripts.share(UnicodeScript.LATIN);
                devanagari += scripts.letters() * scripts.share(UnicodeScript.DEVANAGARI);
                long[] counts = found.computeIfAbsent(filter.language(), key -> new long[2]);
                counts[0]++;
                if (!passes) {
                    wrong++;
                    if (counts[1]++ < EXAMPLES) {
                        examples.add(new Example(filter.language(), filter.confidence(), reader.file().toString(),
                                reader.lineNumber(), cut(line)));
                    }
                }
            }
            List<Found> sorted = found.entrySet().stream()
                    .map(entry -> new Found(entry.getKey(), entry.getValue()[0], entry.getValue()[1]))
                    .sorted((a, b) -> Long.compare(b.lines(), a.lines())).toList();
            return new Language(language, lines, reader.report().badLineCount(), letters == 0 ? 0 : latin / letters,
                    letters == 0 ? 0 : devanagari / letters, wrong, lines == 0 ? 0 : wrong / (double) lines, sorted,
                    List.copyOf(examples));
        }
    }

    private static String cut(String line) {
        int points = line.codePointCount(0, line.length());
        return points <= EXAMPLE_CHARACTERS ? line
                : line.substring(0, line.offsetByCodePoints(0, EXAMPLE_CHARACTERS)) + " ...";
    }
}
