package io.saryu.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Makes much text with many distinct words of little: the lines of real files, over and over, in which some words keep their
 * begin and take the ending of another real word, both parts seen in several words each. So words look like words and their
 * parts are as frequent as real ones, but no line is real. For measuring at sizes that no text at hand has; not for training.
 *
 * <p>usage: java RecombinedText.java OUT SHARE LANGUAGE=LINES=FILE,FILE...; SHARE of the words take another ending, for example
 * 0.06, and each language gives LINES lines. Needs nothing else.
 */
public final class RecombinedText {
    private static final int SHORTEST = 6;
    private static final int SHORTEST_STEM = 3;
    private static final int LONGEST_ENDING = 5;
    private static final int SHORTEST_ENDING = 2;
    private static final int SEEN_IN_WORDS = 4;

    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> stems = new HashMap<>();
    /** Endings, each as often as words have it, so that a random one is a frequent one. */
    private String[] endings;
    private final SplittableRandom random = new SplittableRandom(1);

    private RecombinedText(List<Path> files) throws IOException {
        Set<String> words = new HashSet<>();
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    lines.add(line);
                    Arrays.stream(line.split(" ")).filter(RecombinedText::isWord).forEach(words::add);
                }
            }
        }
        Map<String, Integer> ends = new TreeMap<>();
        for (String word : words) {
            for (int end = SHORTEST_ENDING; end <= LONGEST_ENDING && word.length() - end >= SHORTEST_STEM; end++) {
                stems.merge(word.substring(0, word.length() - end), 1, Integer::sum);
                ends.merge(word.substring(word.length() - end), 1, Integer::sum);
            }
        }
        stems.values().removeIf(count -> count < SEEN_IN_WORDS);
        List<String> all = new ArrayList<>();
        ends.forEach((ending, count) -> {
            if (count >= SEEN_IN_WORDS) {
                // Less than in proportion, or the most frequent ones would be nearly all.
                for (int i = 0; i < Math.sqrt(count); i++) {
                    all.add(ending);
                }
            }
        });
        endings = all.toArray(String[]::new);
    }

    private static boolean isWord(String word) {
        return word.length() >= SHORTEST && word.codePoints().allMatch(c -> Character.isLetter(c)
                || Character.getType(c) == Character.NON_SPACING_MARK || Character.getType(c) == Character.COMBINING_SPACING_MARK);
    }

    private String line(int number, double share) {
        String line = lines.get(number % lines.size());
        String[] words = line.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            if (random.nextDouble() < share && isWord(words[i])) {
                words[i] = recombined(words[i]);
            }
        }
        return String.join(" ", words);
    }

    private String recombined(String word) {
        int end = SHORTEST_ENDING + random.nextInt(LONGEST_ENDING - SHORTEST_ENDING + 1);
        if (word.length() - end < SHORTEST_STEM || endings.length == 0) {
            return word;
        }
        String stem = word.substring(0, word.length() - end);
        return stems.containsKey(stem) ? stem + endings[random.nextInt(endings.length)] : word;
    }

    /** See the class comment. */
    public static void main(String[] args) throws IOException {
        double share = Double.parseDouble(args[1]);
        try (BufferedWriter out = Files.newBufferedWriter(Path.of(args[0]))) {
            for (String argument : Arrays.asList(args).subList(2, args.length)) {
                String[] parts = argument.split("=", 3);
                RecombinedText text = new RecombinedText(Arrays.stream(parts[2].split(",")).map(Path::of).toList());
                int count = Integer.parseInt(parts[1]);
                for (int i = 0; i < count; i++) {
                    out.write(text.line(i, share));
                    out.write('\n');
                }
                System.err.printf("%s: %,d lines from %,d, %,d begins and %,d endings%n", parts[0], count, text.lines.size(),
                        text.stems.size(), Arrays.stream(text.endings).distinct().count());
            }
        }
    }
}
