package io.saryu.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Training of a unigram model on words with counts, after Kudo 2018 and SentencePiece's {@code unigram::Trainer}: from
 * many pieces, two rounds of expectation and maximization, then a quarter of the pieces goes, those that the text's
 * likelihood misses least; and again until few enough are left.
 *
 * <p>Counts are summed as integers, in units of 2^-24, so that the order in which threads come does not matter: equal
 * words give equal pieces with any number of threads.
 */
final class UnigramTraining {
    private static final int ROUNDS = 2;
    private static final int THOUSAND = 1000;
    private static final double SHRINKING_FACTOR = 0.75;
    /** Pieces are pruned down to this many times the wanted ones; the last go by their scores. */
    private static final double BEFORE_LAST = 1.1;
    private static final double LEAST_EXPECTED = 0.5;
    private static final double UNKNOWN_PENALTY = 10;
    private static final double LOST_STEP = 1e-4;
    private static final double COUNT_UNIT = 1L << 24;

    private final WordList words;
    private final Workers workers;
    private final Progress progress;
    private UnigramPieces pieces;
    private int told;

    /** Told before each pass over the words how much is done, in thousandths: how many passes it takes is a guess. */
    @FunctionalInterface
    interface Progress {
        void done(int thousandths, int thousand);
    }

    private UnigramTraining(WordList words, UnigramPieces seeds, Workers workers, Progress progress) {
        this.words = words;
        this.workers = workers;
        this.progress = progress;
        this.pieces = seeds;
    }

    /**
     * Trains.
     *
     * @param seeds     the pieces to start from
     * @param vocabSize pieces of the whole model, special ones too, which SentencePiece shrinks by
     * @param wanted    pieces to end with, if there are so many
     * @return the pieces with the largest scores first; all characters of the alphabet are among them
     */
    static UnigramPieces run(WordList words, Alphabet alphabet, UnigramPieces seeds, int vocabSize, int wanted,
                             Workers workers, Progress progress) throws InterruptedException {
        UnigramTraining training = new UnigramTraining(words, seeds, workers, progress);
        training.shrink((int) (vocabSize * BEFORE_LAST));
        return training.last(alphabet, wanted);
    }

    private void shrink(int size) throws InterruptedException {
        int passes = 0;
        while (true) {
            for (int round = 0; round < ROUNDS; round++) {
                tell(passes++, size);
                maximize(expect());
            }
            if (pieces.size() <= size) {
                told = THOUSAND;
                tell(passes, size);
                return;
            }
            tell(passes++, size);
            prune(size);
        }
    }

    private void tell(int passes, int size) {
        double times = Math.max(0, Math.log((double) pieces.size() / size) / -Math.log(SHRINKING_FACTOR));
        double left = Math.ceil(times) * (ROUNDS + 1) + ROUNDS;
        told = Math.max(told, (int) (THOUSAND * passes / (passes + left)));
        progress.done(told, THOUSAND);
    }

    private PieceTrie trie(float[] scores) {
        return new PieceTrie(pieces.pieces(), IntStream.range(0, scores.length).toArray(), scores);
    }

    private double leastScore() {
        return Arrays.stream(pieces.scores()).min().orElse(0);
    }

    /** How often each piece is to be expected in the words, in {@link #COUNT_UNIT}s. */
    private long[] expect() throws InterruptedException {
        int size = pieces.size();
        float[] probabilities = new float[size];
        for (int id = 0; id < size; id++) {
            probabilities[id] = (float) Math.exp(pieces.scores()[id]
                    + WordLattice.GAIN * pieces.pieces().get(id).length());
        }
        PieceTrie trie = trie(probabilities);
        double unknownScore = leastScore() - UNKNOWN_PENALTY;
        return sum(() -> new WordLattice(trie, size, unknownScore), (lattice, from, length, count, sums) ->
                lattice.expect(words.units, from, length, count,
                        (id, expected) -> sums[id] += (long) (expected * COUNT_UNIT + 0.5)));
    }

    /** How often each piece is on the best way through the words. */
    private long[] countBest(PieceTrie trie, double unknownScore) throws InterruptedException {
        int size = pieces.size();
        return sum(() -> new WordLattice(trie, size, unknownScore), (lattice, from, length, count, sums) -> {
            lattice.part(words.units, from, length, -1);
            lattice.pieces(length, id -> {
                if (id < size) {
                    sums[id] += count;
                }
            });
        });
    }

    private interface WordWork {
        void word(WordLattice lattice, int from, int length, long count, long[] sums);
    }

    private record Share(WordLattice lattice, long[] sums) {
    }

    private long[] sum(Supplier<WordLattice> lattices, WordWork work) throws InterruptedException {
        int size = pieces.size();
        long[] sums = new long[size];
        workers.run(words.chunks.length - 1, () -> new Share(lattices.get(), new long[size]), (share, chunk) -> {
            char[] units = words.units;
            for (int word = words.chunks[chunk]; word < words.chunks[chunk + 1];) {
                int end = word;
                while (units[end] != WordList.END) {
                    end++;
                }
                work.word(share.lattice, word, end - word, WordList.count(units, end), share.sums);
                word = end + WordList.TAIL;
            }
        }, share -> {
            for (int id = 0; id < size; id++) {
                sums[id] += share.sums[id];
            }
        });
        return sums;
    }

    /** Scores from counts, with the digamma function of a Bayesian prior, which favours few pieces (Liang 2007). */
    private void maximize(long[] expected) {
        List<String> kept = new ArrayList<>();
        double[] scores = new double[expected.length];
        double sum = 0;
        for (int id = 0; id < expected.length; id++) {
            double count = expected[id] / COUNT_UNIT;
            if (count >= LEAST_EXPECTED) {
                scores[kept.size()] = count;
                kept.add(pieces.pieces().get(id));
                sum += count;
            }
        }
        double logSum = digamma(sum);
        for (int id = 0; id < kept.size(); id++) {
            scores[id] = digamma(scores[id]) - logSum;
        }
        pieces = new UnigramPieces(kept, Arrays.copyOf(scores, kept.size()));
    }

    /** Derivative of the logarithm of the gamma function: by recurrence to 7, then its asymptotic series. */
    static double digamma(double x) {
        double result = 0;
        for (; x < 7; x++) {
            result -= 1 / x;
        }
        x -= 0.5;
        double xx = 1 / x;
        double xx2 = xx * xx;
        double xx4 = xx2 * xx2;
        return result + Math.log(x) + xx2 / 24 - 7.0 / 960 * xx4 + 31.0 / 8064 * xx4 * xx2 - 127.0 / 30720 * xx4 * xx4;
    }

    private record Loss(int id, double loss) {
    }

    /** Takes pieces out whose own text parts better, that are on no best way, and those missed least. */
    private void prune(int least) throws InterruptedException {
        int size = pieces.size();
        float[] scores = new float[size];
        for (int id = 0; id < size; id++) {
            scores[id] = (float) pieces.scores()[id];
        }
        PieceTrie trie = trie(scores);
        double unknownScore = leastScore() - UNKNOWN_PENALTY;
        int[][] alternatives = alternatives(trie, scores, unknownScore);
        long[] counts = countBest(trie, unknownScore);
        double sum = Arrays.stream(counts).asDoubleStream().sum();
        double logSum = Math.log(sum);
        List<Integer> kept = new ArrayList<>();
        List<Loss> candidates = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            if (counts[id] == 0 || alternatives[id] == null) {
                continue;
            }
            if (alternatives[id].length == 0) {
                kept.add(id);
                continue;
            }
            double count = counts[id];
            double logSumWithout = Math.log(sum + count * (alternatives[id].length - 1));
            double without = 0;
            for (int other : alternatives[id]) {
                without += Math.log((other < size ? counts[other] : 0) + count) - logSumWithout;
            }
            candidates.add(new Loss(id, count * (Math.log(count) - logSum - without)));
        }
        candidates.sort(Comparator.comparingDouble(Loss::loss).reversed().thenComparingInt(Loss::id));
        int most = Math.max(least, (int) (SHRINKING_FACTOR * size));
        for (int i = 0; i < candidates.size() && kept.size() < most; i++) {
            kept.add(candidates.get(i).id);
        }
        UnigramPieces old = pieces;
        pieces = new UnigramPieces(kept.stream().map(old.pieces()::get).toList(),
                kept.stream().mapToDouble(id -> old.scores()[id]).toArray());
    }

    /** What each piece would become without it: empty where nothing could stand for it, null where that is better. */
    private int[][] alternatives(PieceTrie trie, float[] scores, double unknownScore) throws InterruptedException {
        int size = pieces.size();
        int[][] alternatives = new int[size][];
        int some = 1 << 10;
        workers.run((size + some - 1) / some, () -> new WordLattice(trie, size, unknownScore), (lattice, number) -> {
            for (int id = number * some; id < Math.min(size, (number + 1) * some); id++) {
                char[] units = pieces.pieces().get(id).toCharArray();
                if (units.length == 1 || !lattice.part(units, 0, units.length, id)) {
                    alternatives[id] = new int[0];
                } else if (lattice.score(units.length) <= scores[id]) {
                    IntStream.Builder ids = IntStream.builder();
                    lattice.pieces(units.length, ids::add);
                    alternatives[id] = ids.build().toArray();
                }
            }
        }, lattice -> { });
        return alternatives;
    }

    /** All characters, then the pieces with the largest scores. A character that was lost gets the least score. */
    private UnigramPieces last(Alphabet alphabet, int wanted) {
        Map<String, Double> scores = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            scores.put(pieces.pieces().get(id), pieces.scores()[id]);
        }
        double lost = leastScore();
        List<Map.Entry<String, Double>> all = new ArrayList<>();
        Set<String> characters = new HashSet<>();
        for (Map.Entry<Integer, Long> character : alphabet.characters) {
            String text = Character.toString(character.getKey());
            Double score = scores.get(text);
            all.add(Map.entry(text, score != null ? score : lost));
            // Rarer ones a little more, as SentencePiece has it.
            lost += score != null ? 0 : LOST_STEP;
            characters.add(text);
        }
        Comparator<Map.Entry<String, Double>> order = Comparator.comparing(Map.Entry<String, Double>::getValue).reversed()
                .thenComparing(Map.Entry::getKey);
        scores.entrySet().stream().filter(entry -> !characters.contains(entry.getKey())).sorted(order)
                .limit(Math.max(0, wanted - all.size())).forEach(entry -> all.add(Map.entry(entry.getKey(), entry.getValue())));
        all.sort(order);
        return new UnigramPieces(all.stream().map(Map.Entry::getKey).toList(),
                all.stream().mapToDouble(Map.Entry::getValue).toArray());
    }
}
