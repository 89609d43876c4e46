package io.saryu.deid;

import io.saryu.text.PersonalData;
import java.util.List;

/** The recognizers that are known. */
public final class Recognizers {
    private static final PersonalData PATTERNS = new PersonalData();

    /** Numbers with check digits, telephone numbers, addresses of mail, payment and the network. */
    public static final List<Recognizer> ALL = List.of(Recognizers::patterns);

    private Recognizers() {
    }

    private static List<Span> patterns(String text) {
        return PATTERNS.find(text.toCharArray(), 0, text.length()).stream()
                .map(s -> new Span(s.start(), s.end(), s.kind().tag(), 1, Span.Source.PATTERN)).toList();
    }
}
