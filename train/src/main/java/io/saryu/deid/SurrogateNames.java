package io.saryu.deid;

import io.saryu.deid.data.NameLists;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Other names, places and organizations in the script and the case of those they stand for. */
final class SurrogateNames {
    private static final Pattern CORE = Pattern.compile("^([^\\p{L}\\p{M}\\p{Nd}]*)(.*?)([^\\p{L}\\p{M}\\p{Nd}]*)$", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final Pattern NUMBER = Pattern.compile("\\p{Nd}[\\p{Nd}/A-Za-z-]*");
    private static final Pattern LABEL = Pattern.compile("^[^\\p{Nd},\\n]{1,16}(?=\\p{Nd})");
    private static final List<String> DEVANAGARI_INITIALS = List.of("आर.", "एस.", "के.", "पी.", "एम.", "डी.", "वी.", "ए.", "जी.", "एन.");
    /** What is said to a name and is none. */
    private static final Set<String> HONORIFICS = Set.of("ji", "sahab", "sahib", "bhai", "जी", "साहब", "साहिब", "भाई", "बहन", "श्री", "श्रीमती");
    private static final List<String> KINDS = List.of("org-hospital", "org-school", "org-bank", "org-company");

    private SurrogateNames() {
    }

    /** The value's script as a language of the lists; null for one that they do not have. */
    private static String language(String value) {
        int letter = value.codePoints().filter(Character::isLetter).findFirst().orElse(-1);
        if (letter < 0) {
            return null;
        }
        return switch (Character.UnicodeScript.of(letter)) {
            case LATIN -> "en";
            case DEVANAGARI -> "hi";
            default -> null;
        };
    }

    /** null where the lists have nothing of its script. */
    static String of(String tag, String value, KeyedDraw draw) {
        String language = language(value);
        Matcher core = CORE.matcher(value);
        if (language == null || !core.matches()) {
            return null;
        }
        String inner = core.group(2);
        String made = switch (tag) {
            case "[NAME]" -> name(inner, core.group(3), language, draw);
            case "[LOCATION]" -> Form.cased(draw.pick(NameLists.entries("city", language)), inner);
            case "[NATIONALITY]" -> Form.cased(draw.pick(NameLists.entries("nationality", language)), inner);
            case "[TITLE]" -> Form.cased(draw.pick(NameLists.entries("title", language)), inner);
            case "[ORGANIZATION]" -> organization(inner, language, draw);
            default -> address(inner, language, draw);
        };
        String after = core.group(3);
        if (tag.equals("[TITLE]")) {
            // Only what is cut short has a full stop.
            boolean stop = after.startsWith(".");
            return core.group(1) + (stop ? made : made.replaceAll("\\.$", "")) + after.substring(stop ? 1 : 0);
        }
        return core.group(1) + made + after;
    }

    private static boolean in(String list, String language, String word) {
        return NameLists.entries(list, language).stream().anyMatch(word::equalsIgnoreCase);
    }

    /** Whether all that is left of a word to write is one letter, alone or before a full stop. */
    private static boolean isInitial(String word, boolean stopAfter, String language) {
        return language.equals("en") ? word.matches("\\p{L}\\.?|(\\p{L}\\.)+\\p{L}?\\.?") : word.endsWith(".") || stopAfter && word.length() < 4;
    }

    private static String name(String value, String after, String language, KeyedDraw draw) {
        Matcher words = WORD.matcher(value);
        long full = words.results().map(r -> bare(r.group())).filter(w -> isName(w, language)).count();
        String first = words.reset().results().map(r -> bare(r.group())).filter(w -> isName(w, language)).findFirst().orElse("");
        boolean woman = woman(first, language, draw);
        StringBuilder out = new StringBuilder();
        words.reset();
        int seen = 0;
        while (words.find()) {
            String word = words.group();
            String bare = bare(word);
            boolean stopAfter = words.end() == value.length() && after.startsWith(".");
            String made;
            if (isInitial(word, stopAfter, language)) {
                made = initial(word, language, draw);
            } else if (!isName(bare, language)) {
                made = word;
            } else {
                seen++;
                boolean family = seen == full && (full > 1 || in("family", language, bare) || in("family-world", language, bare));
                made = Form.cased(draw.pick(NameLists.entries(family ? "family" : woman ? "given-female" : "given-male", language)), bare)
                        + word.substring(bare.length());
            }
            words.appendReplacement(out, Matcher.quoteReplacement(made));
        }
        return words.appendTail(out).toString();
    }

    /** Without a genitive and what else follows the letters. */
    private static String bare(String word) {
        return word.replaceAll("(['’]s)?[^\\p{L}\\p{M}]*$", "");
    }

    private static boolean isName(String bare, String language) {
        return bare.codePoints().anyMatch(Character::isLetter) && !isTitle(bare) && !isInitial(bare, false, language);
    }

    private static boolean woman(String first, String language, KeyedDraw draw) {
        boolean female = in("given-female", language, first) || language.equals("hi") && in("given-female-muslim", language, first);
        boolean male = in("given-male", language, first) || language.equals("hi") && in("given-male-muslim", language, first);
        return female == male ? draw.below(2) == 0 : female;
    }

    private static String initial(String word, String language, KeyedDraw draw) {
        if (language.equals("en")) {
            return Form.fill(word, draw);
        }
        String made = draw.pick(DEVANAGARI_INITIALS);
        return word.endsWith(".") ? made : made.substring(0, made.length() - 1);
    }

    /** What says of what kind it is stays. */
    private static String organization(String value, String language, KeyedDraw draw) {
        String core = draw.pick(NameLists.entries("org-core", language));
        for (String kind : KINDS) {
            for (String ending : NameLists.entries(kind, language)) {
                if (value.toLowerCase(Locale.ROOT).endsWith(" " + ending.toLowerCase(Locale.ROOT))) {
                    return Form.cased(core, value) + value.substring(value.length() - ending.length() - 1);
                }
            }
        }
        return Form.cased(value.contains(" ") ? core + " " + draw.pick(NameLists.entries(draw.pick(KINDS), language)) : core, value);
    }

    private static String address(String value, String language, KeyedDraw draw) {
        String street = Form.cased(draw.pick(NameLists.entries("street", language)), value);
        Matcher number = NUMBER.matcher(value);
        if (!number.find()) {
            return street;
        }
        Matcher label = LABEL.matcher(value);
        String before = label.find() && label.end() == number.start() ? label.group() : "";
        boolean comma = value.startsWith(",", number.end()) || !before.isEmpty();
        return before + Form.fill(number.group(), draw) + (comma ? ", " : " ") + street;
    }

    /** Whether two texts share a word of two letters or more that is not said to names of all kinds. */
    static boolean shareAWord(String a, String b) {
        Set<String> words = new HashSet<>(List.of(a.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{M}]+")));
        return Stream.of(b.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{M}]+")).anyMatch(w -> w.length() > 1 && words.contains(w) && !isTitle(w));
    }

    private static boolean isTitle(String word) {
        return HONORIFICS.contains(word.toLowerCase(Locale.ROOT)) || Stream.of("en", "hi").anyMatch(language -> in("title", language, word)
                || in("title", language, word + "."));
    }
}
