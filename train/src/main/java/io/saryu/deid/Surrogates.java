package io.saryu.deid;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Invented values in the place of personal data: of the same kind, in the same script and form, with check digits where the kind has
 * them. Which one is determined by HMAC-SHA256 of a key, the tag and the value but for case, spaces and punctuation; so equal values have
 * equal surrogates in all texts with one key. Dates move by as many days as the key says. No surrogate is the value that it stands for;
 * two values may by chance have one surrogate. Immutable.
 */
final class Surrogates {
    private static final Set<String> LISTED = Set.of("[NAME]", "[LOCATION]", "[ADDRESS]", "[ORGANIZATION]", "[NATIONALITY]", "[TITLE]");
    private static final Set<String> CONTACTS = Set.of("[EMAIL]", "[UPI_ID]", "[URL]", "[USERNAME]", "[IP_ADDRESS]", "[PASSWORD]");
    /** What is imitated where a value has no form to keep. */
    private static final Map<String, String> EXAMPLES = Map.of("[NAME]", "Asha Verma", "[LOCATION]", "Delhi", "[ADDRESS]", "12 Park Road",
            "[ORGANIZATION]", "Acme Hospital", "[NATIONALITY]", "Indian", "[DATE]", "12 March 2019", "[TIME]", "10:30", "[EMAIL]",
            "asha.verma@gmail.com", "[PHONE_NUMBER]", "98765 43210", "[URL]", "www.example.com");
    private static final String CODE = "AB123456";
    private static final int ATTEMPTS = 60;
    /** Attempts that also see to it that no word of a name is in its surrogate. */
    private static final int PICKY = 40;

    private final SurrogateKey key;
    private final SurrogateDates dates;

    Surrogates(SurrogateKey key) {
        this.key = key;
        this.dates = new SurrogateDates(key);
    }

    /** The surrogate of a value. */
    String of(String value, String tag) {
        String normal = normal(value, tag);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            KeyedDraw draw = new KeyedDraw(key, tag, normal, attempt);
            // A value of which nothing was changed has no form.
            String like = attempt < PICKY ? value : EXAMPLES.getOrDefault(tag, CODE);
            String surrogate = like(like, tag, draw, attempt);
            boolean shares = attempt < PICKY && (tag.equals("[NAME]") || tag.equals("[LOCATION]"))
                    && SurrogateNames.shareAWord(value, surrogate);
            if (!surrogate.isBlank() && !normal(surrogate, tag).equals(normal) && !shares) {
                return surrogate;
            }
        }
        return tag;
    }

    private String like(String value, String tag, KeyedDraw draw, int attempt) {
        if (LISTED.contains(tag)) {
            String listed = SurrogateNames.of(tag, value, draw);
            return listed == null ? Form.fill(value, draw) : listed;
        }
        if (CONTACTS.contains(tag)) {
            return SurrogateContacts.of(tag, value, draw);
        }
        return switch (tag) {
            case "[DATE]" -> date(value, draw, attempt);
            case "[TIME]" -> SurrogateDates.time(value, draw);
            case "[AGE]" -> SurrogateNumbers.age(value, draw);
            default -> SurrogateNumbers.of(tag, value, draw);
        };
    }

    private String date(String value, KeyedDraw draw, int attempt) {
        String moved = attempt == 0 ? dates.move(value) : null;
        return moved != null ? moved : Form.digits(value).isEmpty() ? Form.fill(EXAMPLES.get("[DATE]").substring(0, 2), draw)
                + EXAMPLES.get("[DATE]").substring(2) : Form.withDigits(value, Form.fill(Form.digits(value), draw));
    }

    /** What two writings of one value share; the value itself where that is nothing. */
    static String normal(String value, String tag) {
        if (tag.equals("[PHONE_NUMBER]") && !Form.digits(value).isEmpty()) {
            return SurrogateNumbers.national(value);
        }
        StringBuilder out = new StringBuilder();
        Normalizer.normalize(value, Normalizer.Form.NFC).codePoints().forEach(c -> {
            int digit = Character.digit(c, 10);
            int type = Character.getType(c);
            if (digit >= 0) {
                out.append(digit);
            } else if (Character.isLetter(c) || type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK) {
                out.appendCodePoint(c);
            }
        });
        return out.isEmpty() ? value : out.toString().toLowerCase(Locale.ROOT);
    }
}
