package io.saryu.deid.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lists of names and places that one side of the split may use. */
final class WordLists {
    /** Share of each list that only validation uses. */
    static final double HELD_OUT = 0.15;

    private final Side side;
    private final Map<String, List<String>> lists = new HashMap<>();
    /** All entries that were looked at, of both sides. */
    private final Set<String> listed = new HashSet<>();

    WordLists(Side side) {
        this.side = side;
    }

    Side side() {
        return side;
    }

    /** Whether a list that was asked for has this entry, on either side. */
    boolean isListed(String entry) {
        return listed.contains(entry);
    }

    /**
     * The entries of a list that belong to this side.
     *
     * @param language Awadhi has its own entries and Hindi's
     */
    List<String> open(String name, String language) {
        return lists.computeIfAbsent(name + "." + language, key -> {
            List<String> both = all(name, language);
            listed.addAll(both);
            List<String> mine = both.stream().filter(e -> Side.of(e, HELD_OUT) == side).toList();
            if (mine.isEmpty()) {
                throw new IllegalStateException("the list " + key + " has no entry for " + side.fileName() + "; add some");
            }
            return mine;
        });
    }

    /** All entries of a list that both sides use. */
    List<String> closed(String name, String language) {
        return lists.computeIfAbsent(name + "." + language + " closed", key -> all(name, language));
    }

    /** Awadhi's own entries only, for this side. */
    List<String> own(String name, String language) {
        listed.addAll(Resource.lines(file(name, language)));
        return lists.computeIfAbsent(name + "." + language + " own", key -> Resource.lines(file(name, language)).stream()
                .filter(e -> Side.of(e, HELD_OUT) == side).toList());
    }

    private static List<String> all(String name, String language) {
        Set<String> entries = new LinkedHashSet<>();
        List<String> own = Resource.linesOrNull(file(name, language));
        if (own != null) {
            entries.addAll(own);
        }
        if (language.equals("awa") && !(name.equals("title") && own != null)) {
            entries.addAll(Resource.lines(file(name, "hi")));
        } else if (own == null) {
            throw new IllegalStateException("the jar lacks " + file(name, language) + "; build it again");
        }
        return new ArrayList<>(entries);
    }

    private static String file(String name, String language) {
        return "lists/" + name + "." + language + ".txt";
    }
}
