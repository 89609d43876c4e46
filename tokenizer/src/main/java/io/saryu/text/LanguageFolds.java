package io.saryu.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Divides texts into folds, such that texts with a run of five words in common are in the same one. */
final class LanguageFolds {
    private static final int WORDS = 5;

    private LanguageFolds() {
    }

    /** The fold of each text, from 0. */
    static int[] of(List<LanguageTrainer.Example> examples, int folds, long seed) {
        if (folds < 2) {
            throw new IllegalArgumentException("cross-validation needs at least 2 folds, not " + folds);
        }
        int[] parent = new int[examples.size()];
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < parent.length; i++) {
            parent[i] = i;
            String[] words = examples.get(i).text().strip().split("\\s+");
            int run = Math.min(WORDS, words.length);
            for (int j = 0; j + run <= words.length; j++) {
                Integer other = first.putIfAbsent(String.join(" ", List.of(words).subList(j, j + run)), i);
                if (other != null) {
                    // The smaller index is the root, so that the fold of a group depends on its first text alone.
                    int a = root(parent, other);
                    int b = root(parent, i);
                    parent[Math.max(a, b)] = Math.min(a, b);
                }
            }
        }
        int[] fold = new int[parent.length];
        for (int i = 0; i < fold.length; i++) {
            long mixed = (root(parent, i) + seed * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL;
            fold[i] = (int) Long.remainderUnsigned(mixed ^ mixed >>> 32, folds);
        }
        return fold;
    }

    private static int root(int[] parent, int i) {
        int root = i;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }
}
