package io.saryu.deid.data;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The lists of names and places that data is made of, for those who need invented values of the same kinds. Thread-safe. */
public final class NameLists {
    private static final WordLists LISTS = new WordLists(Side.TRAIN);
    private static final Map<String, List<String>> KNOWN = new ConcurrentHashMap<>();

    private NameLists() {
    }

    /**
     * All entries of a list, those held out for validation included.
     *
     * @param name     such as {@code family}, {@code city} or {@code org-bank}
     * @param language en, hi or awa; Awadhi has its own entries and Hindi's
     * @throws IllegalStateException when there is no such list
     */
    public static List<String> entries(String name, String language) {
        return KNOWN.computeIfAbsent(name + "." + language, key -> {
            synchronized (LISTS) {
                return List.copyOf(LISTS.closed(name, language));
            }
        });
    }
}
