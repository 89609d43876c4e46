package io.saryu.deid.data;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** What makers of values draw from: chance, the lists of one side, and the language. Not thread-safe. */
final class Draw {
    /** Letters that are not taken for digits. */
    static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";

    /** Share of the training side's names that are made of two. */
    private static final double BLENDED = 0.4;
    private static final Pattern ENDLESS = Pattern.compile("given-|family|city|street|org-core");

    private final Random random;
    private final WordLists lists;
    private final String language;

    Draw(Random random, WordLists lists, String language) {
        this.random = random;
        this.lists = lists;
        this.language = language;
    }

    String language() {
        return language;
    }

    boolean english() {
        return language.equals("en");
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** From 0 to below {@code bound}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** From {@code first} to {@code last}, both included. */
    int between(int first, int last) {
        return first + random.nextInt(last - first + 1);
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** An entry of a list of this side, in the row's language. */
    String word(String list) {
        return word(list, language);
    }

    /** In training also an entry that is made of two, where a list can grow without end. */
    String word(String list, String ofLanguage) {
        return entry(list, lists.open(list, ofLanguage));
    }

    private String entry(String list, List<String> entries) {
        if (lists.side() == Side.TRAIN && ENDLESS.matcher(list).lookingAt() && chance(BLENDED)) {
            String blend = Blend.of(entries, random);
            if (blend != null && !lists.isListed(blend)) {
                return blend;
            }
        }
        return pick(entries);
    }

    /** An entry of a list that only Awadhi has. */
    String ownWord(String list) {
        return entry(list, lists.own(list, language));
    }

    /** An entry of a list that both sides share. */
    String sharedWord(String list) {
        return pick(lists.closed(list, language));
    }

    /** A character of {@code alphabet}. */
    char letter(String alphabet) {
        return alphabet.charAt(random.nextInt(alphabet.length()));
    }

    /**
     * Fills a pattern: {@code #} is a digit, {@code n} one from 1 to 9, {@code a} a capital, {@code *} a capital or a digit;
     * all else stays.
     */
    String pattern(String pattern) {
        StringBuilder text = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            text.append(switch (c) {
                case '#' -> (char) ('0' + below(10));
                case 'n' -> (char) ('1' + below(9));
                case 'a' -> letter(LETTERS);
                case '*' -> chance(0.5) ? (char) ('0' + below(10)) : letter(LETTERS);
                default -> c;
            });
        }
        return text.toString();
    }
}
