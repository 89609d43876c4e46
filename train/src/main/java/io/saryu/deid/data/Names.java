package io.saryu.deid.data;

import java.util.Locale;

/** Names of people, in the forms in which people write them. */
final class Names {
    private static final double LATIN_IN_DEVANAGARI = 0.05;

    private Names() {
    }

    /** A name of any form. */
    static String any(Draw draw) {
        double form = draw.below(100);
        if (form < 6) {
            return first(draw);
        }
        if (form < 14) {
            return initials(draw);
        }
        return full(draw, draw.chance(0.5));
    }

    /** A given name and a family name. */
    static String full(Draw draw, boolean man) {
        String script = script(draw);
        if (script.equals("en")) {
            boolean world = draw.chance(0.4);
            String family = draw.word(world ? "family-world" : "family", "en");
            String given = world ? draw.word("given-world", "en") : draw.word(man ? "given-male" : "given-female", "en");
            boolean middle = draw.chance(0.08);
            return given + (middle ? " " + (world ? draw.letter(Draw.LETTERS) + "." : draw.word("given-male", "en")) : "") + " "
                    + family;
        }
        double group = draw.below(100);
        if (group < 5) {
            return draw.word("given-world", "hi") + " " + draw.word("family-world", "hi");
        }
        if (group < 18) {
            return draw.word(man ? "given-male-muslim" : "given-female-muslim", "hi") + " " + draw.word("family-muslim", "hi");
        }
        String given = given(draw, man);
        return given + (draw.chance(0.05) ? " " + draw.word("given-male", "hi") : "") + " " + draw.word("family", "hi");
    }

    /** A given name alone. */
    static String first(Draw draw) {
        boolean man = draw.chance(0.5);
        if (script(draw).equals("en")) {
            return draw.chance(0.4) ? draw.word("given-world", "en") : draw.word(man ? "given-male" : "given-female", "en");
        }
        double group = draw.below(100);
        if (group < 4) {
            return draw.word("given-world", "hi");
        }
        return group < 16 ? draw.word(man ? "given-male-muslim" : "given-female-muslim", "hi") : given(draw, man);
    }

    private static String given(Draw draw, boolean man) {
        String list = man ? "given-male" : "given-female";
        return draw.language().equals("awa") && draw.chance(0.6) ? draw.ownWord(list) : draw.word(list, "hi");
    }

    private static String initials(Draw draw) {
        if (script(draw).equals("en")) {
            String dot = draw.pick(".", ". ", " ");
            return draw.letter(Draw.LETTERS) + dot + (draw.chance(0.4) ? draw.letter(Draw.LETTERS) + dot : "")
                    + (dot.endsWith(" ") ? "" : " ") + draw.word(draw.chance(0.4) ? "family-world" : "family", "en");
        }
        String letters = draw.pick("आर.", "एस.", "के.", "पी.", "एम.", "डी.", "वी.", "ए.", "जी.", "एन.");
        return letters + " " + (draw.chance(0.4) ? draw.pick("के.", "पी.", "एन.", "सी.", "बी.") + " " : "") + draw.word("family", "hi");
    }

    private static String script(Draw draw) {
        return draw.english() || draw.chance(LATIN_IN_DEVANAGARI) ? "en" : draw.language();
    }

    /** A given name in small ASCII letters, as it stands in addresses of mail. */
    static String ascii(Draw draw, String list) {
        while (true) {
            String plain = draw.word(list, "en").toLowerCase(Locale.ROOT);
            if (plain.matches("[a-z]{2,}")) {
                return plain;
            }
        }
    }
}
