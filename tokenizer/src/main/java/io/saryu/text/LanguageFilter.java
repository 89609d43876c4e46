package io.saryu.text;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells lines that are surely in none of the languages asked for. Short lines and doubtful ones pass: a name or a heading is
 * the same in Hindi and Awadhi.
 *
 * <p>Not for use by two threads at once.
 */
public final class LanguageFilter {
    private final Options options;
    private final LanguageIdentifier identifier;
    private String language = LanguageIdentifier.NONE;

    /**
     * What passes.
     *
     * @param languages  codes of the languages asked for
     * @param confidence how sure another language must be, from 0 to 1; see {@link LanguageIdentifier#confidence}
     * @param letters    lines with fewer letters and signs pass
     */
    public record Options(Set<String> languages, double confidence, int letters) {
        /** The confidence and the number of letters that commands take where none is given. */
        public static final Options DEFAULT = new Options(Set.of(LanguageIdentifier.LATIN), 0.9, 20);

        /** Checks the ranges and copies the languages. */
        public Options {
            languages = Set.copyOf(languages);
            if (!(confidence >= 0 && confidence <= 1)) {
                throw new IllegalArgumentException("the confidence must be from 0 to 1, not " + confidence);
            }
            if (letters < 0) {
                throw new IllegalArgumentException("the number of letters must be at least 0, not " + letters);
            }
        }
    }

    /**
     * A filter.
     *
     * @throws IllegalArgumentException when a language is asked for that the model and the scripts cannot tell
     */
    public LanguageFilter(Options options, LanguageModel model) {
        List<String> known = known(model);
        for (String asked : options.languages()) {
            if (!known.contains(asked) && !isScript(asked)) {
                throw new IllegalArgumentException("the language '" + asked + "' cannot be told; ask for one of "
                        + String.join(", ", known) + ", or for a script by its name, as bengali");
            }
        }
        this.options = options;
        this.identifier = new LanguageIdentifier(model);
    }

    private static List<String> known(LanguageModel model) {
        Set<String> known = new LinkedHashSet<>(List.of(LanguageIdentifier.LATIN));
        known.addAll(model.languages());
        return List.copyOf(known);
    }

    private static boolean isScript(String name) {
        return Arrays.stream(UnicodeScript.values())
                .anyMatch(script -> script.name().toLowerCase(Locale.ROOT).equals(name));
    }

    /** Whether the characters from {@code from} to {@code to} may be in a language asked for. */
    public boolean passes(char[] text, int from, int to) {
        language = identifier.identify(text, from, to);
        return options.languages().contains(language) || identifier.confidence() < options.confidence()
                || identifier.scripts().letters() < Math.max(1, options.letters());
    }

    /** The language of the last line, {@link LanguageIdentifier#NONE} where it has no letters. */
    public String language() {
        return language;
    }

    /** How sure that is. */
    public double confidence() {
        return identifier.confidence();
    }

    /** The scripts of the last line. */
    public ScriptShares scripts() {
        return identifier.scripts();
    }
}
