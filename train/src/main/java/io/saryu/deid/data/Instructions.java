package io.saryu.deid.data;

import java.util.List;

/** What users write above a text; now and then in another language than the text's. */
final class Instructions {
    private final String language;

    Instructions(String language) {
        this.language = language;
    }

    String draw(Draw draw) {
        int of100 = draw.below(100);
        return draw.pick(switch (language) {
            case "hi" -> of100 < 15 ? lines("en") : lines("hi");
            case "awa" -> of100 < 10 ? lines("en") : of100 < 25 ? lines("hi") : lines("awa");
            default -> of100 < 4 ? lines("hi") : lines("en");
        });
    }

    private static List<String> lines(String ofLanguage) {
        return Cache.ALL.get(DeidGenerator.LANGUAGES.indexOf(ofLanguage));
    }

    /** The files, read once. */
    private static final class Cache {
        static final List<List<String>> ALL =
                DeidGenerator.LANGUAGES.stream().map(l -> Resource.lines("instructions." + l + ".txt")).toList();
    }
}
