package io.saryu.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads what a {@link LanguageTrainer} is given. */
public final class LanguageExamples {
    private static final ReadOptions LINES = new ReadOptions(1 << 20, true, InputFormat.TEXT, "text");

    private LanguageExamples() {
    }

    /**
     * Examples of a file of lines {@code text TAB language}. Languages are written in lower case, and codes of three
     * letters (ISO 639-3) as those of two where there are such: HIN is hi.
     *
     * @throws CorpusException when the file cannot be read or a line is not that
     */
    public static List<LanguageTrainer.Example> ofTable(String file) throws IOException {
        Map<String, String> shorter = new HashMap<>();
        for (String code : Locale.getISOLanguages()) {
            shorter.put(Locale.of(code).getISO3Language(), code);
        }
        List<LanguageTrainer.Example> examples = new ArrayList<>();
        try (LineReader reader = new LineReader(Corpus.of(List.of(file)), LINES)) {
            String line;
            while ((line = reader.next()) != null) {
                int tab = line.lastIndexOf('\t');
                if (tab < 1 || line.substring(tab + 1).isBlank()) {
                    if (line.isBlank()) {
                        continue;
                    }
                    throw new CorpusException(reader.file() + " line " + reader.lineNumber()
                            + " is not a text, a tab and a language; remove or mend the line");
                }
                String code = line.substring(tab + 1).strip().toLowerCase(Locale.ROOT);
                examples.add(new LanguageTrainer.Example(line.substring(0, tab), shorter.getOrDefault(code, code)));
            }
        }
        return examples;
    }

    /**
     * Lines of text that is in one language: at most {@code most} of those with at least ten characters, evenly spread.
     *
     * @param inputs as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read
     */
    public static List<LanguageTrainer.Example> ofText(String language, List<String> inputs, int most)
            throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(Corpus.of(inputs), LINES)) {
            String line;
            while ((line = reader.next()) != null) {
                if (line.length() >= 10) {
                    lines.add(line);
                }
            }
        }
        List<LanguageTrainer.Example> examples = new ArrayList<>();
        int count = Math.min(most, lines.size());
        for (int i = 0; i < count; i++) {
            examples.add(new LanguageTrainer.Example(lines.get((int) ((long) i * lines.size() / count)), language));
        }
        return examples;
    }
}
