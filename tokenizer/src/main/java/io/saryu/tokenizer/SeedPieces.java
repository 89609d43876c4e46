package io.saryu.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The pieces that training starts with: all characters, and of the strings that words have in common those that cover
 * the most characters (length times count), as SentencePiece's {@code MakeSeedSentencePieces} has it. That one finds
 * them in a suffix array of the whole text; here the beginnings of all suffixes of the distinct words are sorted
 * together with the words' counts, so the text need not be in memory.
 */
final class SeedPieces {
    private final WordList words;
    private final int most;
    private final int[] positions;
    /** Count of the word at each position, at most {@code Integer.MAX_VALUE}. */
    private final int[] weights;

    private SeedPieces(WordList words, int most) {
        this.words = words;
        this.most = most;
        int suffixes = words.chunks[words.chunks.length - 1] - words.size * WordList.TAIL;
        positions = new int[suffixes];
        weights = new int[suffixes];
    }

    /** Pieces with their scores, the logarithm of their share; characters first, then by score. */
    static UnigramPieces find(WordList words, Alphabet alphabet, int most, Workers workers) throws InterruptedException {
        SeedPieces seeds = new SeedPieces(words, Math.max(0, most - alphabet.characters.size()));
        List<String> pieces = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        double sum = 0;
        for (Map.Entry<Integer, Long> character : alphabet.characters) {
            pieces.add(Character.toString(character.getKey()));
            scores.add((double) character.getValue());
            sum += character.getValue();
        }
        for (Candidate candidate : seeds.candidates(workers)) {
            pieces.add(new String(words.units, candidate.position, candidate.length));
            scores.add((double) candidate.score);
            sum += candidate.score;
        }
        double logSum = Math.log(sum);
        return new UnigramPieces(pieces, scores.stream().mapToDouble(score -> Math.log(score) - logSum).toArray());
    }

    /** Text that may become a piece; {@code length} in units. */
    private record Candidate(long score, int position, int length) {
    }

    private List<Candidate> candidates(Workers workers) throws InterruptedException {
        int[] starts = byFirstUnit();
        Integer[] units = new Integer[starts.length - 1];
        Arrays.setAll(units, i -> i);
        // The largest ones first, so that no thread is left alone with one at the end.
        Arrays.sort(units, Comparator.comparingInt(unit -> starts[unit] - starts[unit + 1]));
        ConcurrentLinkedQueue<Finder> finders = new ConcurrentLinkedQueue<>();
        workers.run(units.length, Finder::new, (finder, i) -> {
            finder.bucket(starts[units[i]], starts[units[i] + 1]);
        }, finders::add);
        List<Candidate> all = new ArrayList<>();
        finders.forEach(finder -> all.addAll(finder.found));
        return best(all);
    }

    /** Sorts positions by their first unit; gives where each unit's begin. */
    private int[] byFirstUnit() {
        char[] units = words.units;
        int[] starts = new int[(1 << 16) + 1];
        int end = words.chunks[words.chunks.length - 1];
        for (int at = 0; at < end; at++) {
            if (units[at] == WordList.END) {
                at += WordList.TAIL - 1;
            } else {
                starts[units[at] + 1]++;
            }
        }
        for (int unit = 0; unit < 1 << 16; unit++) {
            starts[unit + 1] += starts[unit];
        }
        int[] next = Arrays.copyOf(starts, 1 << 16);
        for (int word = 0; word < end;) {
            int wordEnd = word;
            while (units[wordEnd] != WordList.END) {
                wordEnd++;
            }
            int weight = (int) Math.min(WordList.count(units, wordEnd), Integer.MAX_VALUE);
            for (int at = word; at < wordEnd; at++) {
                int place = next[units[at]]++;
                positions[place] = at;
                weights[place] = weight;
            }
            word = wordEnd + WordList.TAIL;
        }
        return starts;
    }

    /** The best ones, equal ones in the order of their texts: however they were found, the same list. */
    private List<Candidate> best(List<Candidate> candidates) {
        candidates.sort(Comparator.comparingLong(Candidate::score).reversed().thenComparing((a, b) ->
                Arrays.compare(words.units, a.position, a.position + a.length, words.units, b.position,
                        b.position + b.length)));
        return candidates.subList(0, Math.min(most, candidates.size()));
    }

    /** One thread's search. */
    private final class Finder {
        private List<Candidate> found = new ArrayList<>();
        /** Candidates below it cannot be among the best. */
        private long least;

        /** All positions that begin with one unit. */
        void bucket(int from, int to) {
            if (most > 0 && to > from && !Character.isLowSurrogate(words.units[positions[from]])) {
                group(from, to, 1, 0, Alphabet.ANY_SCRIPT, (char) 0);
            }
        }

        /**
         * Positions that have {@code depth} units in common, of which the last one is new.
         *
         * @param length characters before the new unit
         * @param script of the text before the new unit
         * @param high   the first half of the new character, 0 for none
         */
        private void group(int from, int to, int depth, int length, int script, char high) {
            char unit = words.units[positions[from] + depth - 1];
            if (Character.isHighSurrogate(unit)) {
                next(from, to, depth, length, script, unit);
                return;
            }
            int character = high == 0 ? unit : Character.toCodePoint(high, unit);
            int newScript = Alphabet.extend(script, length + 1, character);
            if (newScript == Alphabet.INVALID) {
                return;
            }
            long weight = 0;
            for (int i = from; i < to; i++) {
                weight += weights[i];
            }
            if (weight < 2 || weight * Alphabet.MAX_PIECE_LENGTH < least) {
                return;
            }
            sort(from, to, depth);
            char first = words.units[positions[from] + depth];
            char last = words.units[positions[to - 1] + depth];
            // What always goes on alike is no candidate: the longer text is one, and covers more.
            if (length >= 1 && (first != last || first == WordList.END)) {
                add(weight * (length + 1), positions[from], depth);
            }
            if (length + 1 < Alphabet.MAX_PIECE_LENGTH && !Alphabet.isDigit(character)) {
                eachGroup(from, to, depth, length + 1, newScript, (char) 0);
            }
        }

        private void next(int from, int to, int depth, int length, int script, char high) {
            sort(from, to, depth);
            eachGroup(from, to, depth, length, script, high);
        }

        private void eachGroup(int from, int to, int depth, int length, int script, char high) {
            for (int begin = from; begin < to;) {
                char unit = words.units[positions[begin] + depth];
                int end = begin + 1;
                while (end < to && words.units[positions[end] + depth] == unit) {
                    end++;
                }
                if (unit != WordList.END) {
                    group(begin, end, depth + 1, length, script, high);
                }
                begin = end;
            }
        }

        private void add(long score, int position, int length) {
            if (score < least) {
                return;
            }
            found.add(new Candidate(score, position, length));
            if (found.size() >= 2L * most + 1024) {
                found.sort(Comparator.comparingLong(Candidate::score).reversed());
                if (found.get(most - 1).score > least) {
                    least = found.get(most - 1).score;
                    int end = most;
                    while (end < found.size() && found.get(end).score == least) {
                        end++;
                    }
                    found = new ArrayList<>(found.subList(0, end));
                }
            }
        }

        /** Quicksort with three parts by the unit at {@code depth}. */
        private void sort(int from, int to, int depth) {
            char[] units = words.units;
            while (to - from > 1) {
                if (to - from < 12) {
                    insertionSort(from, to, depth);
                    return;
                }
                char middle = median(units[positions[from] + depth], units[positions[from + to >>> 1] + depth],
                        units[positions[to - 1] + depth]);
                int less = from;
                int more = to;
                for (int i = from; i < more;) {
                    char unit = units[positions[i] + depth];
                    if (unit < middle) {
                        swap(less++, i++);
                    } else if (unit > middle) {
                        swap(i, --more);
                    } else {
                        i++;
                    }
                }
                if (less - from < to - more) {
                    sort(from, less, depth);
                    from = more;
                } else {
                    sort(more, to, depth);
                    to = less;
                }
            }
        }

        private void insertionSort(int from, int to, int depth) {
            for (int i = from + 1; i < to; i++) {
                int position = positions[i];
                int weight = weights[i];
                char unit = words.units[position + depth];
                int at = i;
                for (; at > from && words.units[positions[at - 1] + depth] > unit; at--) {
                    positions[at] = positions[at - 1];
                    weights[at] = weights[at - 1];
                }
                positions[at] = position;
                weights[at] = weight;
            }
        }

        private char median(char a, char b, char c) {
            return (char) Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
        }

        private void swap(int a, int b) {
            int position = positions[a];
            positions[a] = positions[b];
            positions[b] = position;
            int weight = weights[a];
            weights[a] = weights[b];
            weights[b] = weight;
        }
    }
}
