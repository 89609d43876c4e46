package io.saryu.text;

import java.util.List;

/** Decides which cleaned lines stay, and what becomes of personal data in them; immutable. */
final class LineFilters {
    private final FilterOptions options;
    private final boolean looksAtText;
    private final PersonalData personalData = new PersonalData();

    LineFilters(FilterOptions options) {
        this.options = options;
        this.looksAtText = options.minCharacters() > 0 || options.maxSymbolShare() < 1 || options.maxRepeats() > 0;
    }

    /** Whether a line stays whatever it is, if there is no mojibake in it. */
    boolean ignoresText() {
        return !looksAtText;
    }

    /**
     * Whether a line stays.
     *
     * @param raw     the line before cleaning, which takes out half of what shows mojibake
     * @param cleaned the line after cleaning
     */
    boolean keeps(String raw, String cleaned, FilterTally tally) {
        boolean keep = true;
        if (Mojibake.isIn(raw.toCharArray(), raw.length())) {
            tally.found(LineFilter.MOJIBAKE, raw);
            keep = !options.dropMojibake();
        }
        if (keep && looksAtText) {
            LineFilter against = against(cleaned);
            if (against != null) {
                tally.found(against, cleaned);
                keep = false;
            }
        }
        if (!keep) {
            tally.drop();
        }
        return keep;
    }

    /** Whether reports must show no personal data. */
    boolean looksForPersonalData() {
        return options.personalData() != PersonalDataUse.IGNORE;
    }

    /** Whether there is personal data to do something about, by a quick look that may say yes for nothing. */
    boolean mayHoldPersonalData(char[] line, int length) {
        return looksForPersonalData() && PersonalData.mayHold(line, 0, length);
    }

    /** What becomes of a line that stays, by the personal data in it; null when it does not stay. */
    String withoutPersonalData(String line, FilterTally tally) {
        List<PersonalData.Span> spans = looksForPersonalData() ? personalData.find(line) : List.of();
        if (spans.isEmpty()) {
            return line;
        }
        String masked = PersonalData.mask(line, spans);
        tally.personalData().add(spans, line, switch (options.personalData()) {
            case MASK -> masked;
            case DROP -> "";
            default -> line;
        });
        if (options.personalData() == PersonalDataUse.DROP) {
            tally.drop();
            return null;
        }
        return options.personalData() == PersonalDataUse.MASK ? masked : line;
    }

    private LineFilter against(String line) {
        if (line.codePointCount(0, line.length()) < options.minCharacters()) {
            return LineFilter.SHORT;
        }
        if (options.maxSymbolShare() < 1 && symbolShare(line) > options.maxSymbolShare()) {
            return LineFilter.SYMBOLS;
        }
        return options.maxRepeats() > 0 && repeats(line, options.maxRepeats()) ? LineFilter.REPETITION : null;
    }

    private static double symbolShare(String line) {
        int symbols = 0;
        int all = 0;
        for (int i = 0; i < line.length(); ) {
            int c = line.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                continue;
            }
            all++;
            int type = Character.getType(c);
            boolean word = Character.isLetter(c) || type == Character.NON_SPACING_MARK
                    || type == Character.COMBINING_SPACING_MARK || type == Character.ENCLOSING_MARK
                    || c == Joiners.ZWJ || c == Joiners.ZWNJ;
            symbols += word ? 0 : 1;
        }
        return all == 0 ? 0 : (double) symbols / all;
    }

    /** Whether one code point, or one word between spaces, stands more than {@code limit} times in a row. */
    private static boolean repeats(String line, int limit) {
        int run = 0;
        int before = -1;
        for (int i = 0; i < line.length(); ) {
            int c = line.codePointAt(i);
            i += Character.charCount(c);
            run = c == before && c != ' ' ? run + 1 : 1;
            before = c;
            if (run > limit) {
                return true;
            }
        }
        int wordRun = 0;
        int lastStart = 0;
        int lastEnd = 0;
        for (int start = 0; start < line.length(); ) {
            int space = line.indexOf(' ', start);
            int end = space < 0 ? line.length() : space;
            if (end > start) {
                boolean same = end - start == lastEnd - lastStart
                        && line.regionMatches(lastStart, line, start, end - start);
                wordRun = same ? wordRun + 1 : 1;
                if (wordRun > limit) {
                    return true;
                }
                lastStart = start;
                lastEnd = end;
            }
            start = end + 1;
        }
        return false;
    }
}
