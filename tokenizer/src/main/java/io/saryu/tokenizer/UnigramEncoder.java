package io.saryu.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The ids that the SentencePiece library gives, found in Java: of all ways to part a text into pieces the one with the
 * largest sum of scores (Kudo 2018, Viterbi), ties to the path that SentencePiece's {@code Model::EncodeOptimized} of
 * 0.1.97 to 0.2.1 keeps, sums in its floats. Thread-safe.
 *
 * <p>Where no piece holds a blank but as its first character, every path passes each blank, so words are parted one by
 * one and remembered. That is done only where scores are multiples of a power of two, as {@link TokenizerTrainer}
 * makes them: sums that begin at the word are then the same as sums from the begin of the text, until they need more
 * than the 24 bits of a float; a stretch of text that gets there is done again as a whole.
 */
final class UnigramEncoder {
    static final char BLANK = '▁';
    private static final long MAX_TEXT_BYTES = 64L << 20;
    private static final int MAX_SYMBOLS = 4096;
    private static final float UNKNOWN_PENALTY = 10;
    private static final int FLOAT_BITS = 24;

    final PieceTrie pieces;
    /** User-defined symbols; null without any. */
    final PieceTrie symbols;
    /** Units that a symbol begins with. */
    final long[] symbolStarts = new long[1024];
    final int unkId;
    final float unkScore;
    /** Ids of the bytes; null without byte fallback. */
    final int[] byteIds;
    /** Whether words may be parted one by one. */
    final boolean byWord;
    /** Down to which sum of scores that is exact. */
    final float leastExactSum;

    private final ConcurrentLinkedQueue<SegmentEncoder> idle = new ConcurrentLinkedQueue<>();

    private UnigramEncoder(Vocabulary vocabulary) {
        List<String> normal = new ArrayList<>();
        List<String> userDefined = new ArrayList<>();
        List<Integer> normalIds = new ArrayList<>();
        List<Integer> userDefinedIds = new ArrayList<>();
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        int[] bytes = new int[256];
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            String piece = vocabulary.pieces[id];
            switch (vocabulary.types[id]) {
                case NORMAL -> {
                    normal.add(piece);
                    normalIds.add(id);
                    least = Math.min(least, vocabulary.scores[id]);
                    most = Math.max(most, vocabulary.scores[id]);
                }
                case USER_DEFINED -> {
                    userDefined.add(piece);
                    userDefinedIds.add(id);
                    symbolStarts[piece.charAt(0) >> 6] |= 1L << piece.charAt(0);
                }
                case BYTE -> bytes[Integer.parseInt(piece.substring(3, 5), 16)] = id;
                default -> { }
            }
        }
        pieces = trie(normal, normalIds, vocabulary.scores);
        symbols = userDefined.isEmpty() ? null : trie(userDefined, userDefinedIds, vocabulary.scores);
        unkId = vocabulary.unkId;
        unkScore = least - UNKNOWN_PENALTY;
        byteIds = vocabulary.byteFallback ? bytes : null;
        int fraction = fractionBits(normalIds, vocabulary.scores);
        // Without byte fallback neighbouring unknown characters become one id, over the ends of words too.
        byWord = byteIds != null && fraction >= 0 && most <= 0
                && normal.stream().allMatch(piece -> piece.indexOf(BLANK, 1) < 0);
        leastExactSum = byWord ? leastExactSum(fraction, normal) : 0;
    }

    /**
     * Sums do not grow along a path, and a way to any place inside a piece of the best path is at hand: that path to
     * the begin of the piece, then unknown characters. So no sum that is compared is lower than the final one by more
     * than a piece full of those and the next piece.
     */
    private float leastExactSum(int fraction, List<String> normal) {
        int longest = normal.stream().mapToInt(String::length).max().orElse(0);
        return -(float) (1 << FLOAT_BITS - fraction) - (longest + 2) * unkScore;
    }

    private static PieceTrie trie(List<String> pieces, List<Integer> ids, float[] scores) {
        float[] own = new float[ids.size()];
        for (int i = 0; i < own.length; i++) {
            own[i] = scores[ids.get(i)];
        }
        return new PieceTrie(pieces, ids.stream().mapToInt(Integer::intValue).toArray(), own);
    }

    /** How many bits behind the binary point all scores make do with; -1 where that is more than 12. */
    private static int fractionBits(List<Integer> ids, float[] scores) {
        int bits = 0;
        for (int id : ids) {
            while (scores[id] * (1 << bits) != Math.rint(scores[id] * (1 << bits))) {
                if (++bits > 12) {
                    return -1;
                }
            }
        }
        return bits;
    }

    /** The encoder of a model; null where {@link #whyNot} has a reason. */
    static UnigramEncoder of(Vocabulary vocabulary) {
        return whyNot(vocabulary) == null ? new UnigramEncoder(vocabulary) : null;
    }

    /** Why a model can only be used through the library, as a clause; null where it need not. */
    static String whyNot(Vocabulary vocabulary) {
        if (vocabulary.changesCharacters) {
            return "it changes characters before it looks for pieces";
        }
        if (vocabulary.addDummyPrefix || vocabulary.removeExtraWhitespaces || !vocabulary.escapeWhitespaces) {
            return "it puts a blank before a text, removes blanks, or keeps them as they are";
        }
        int symbols = 0;
        boolean text = false;
        for (int id = 0; id < vocabulary.pieces.length; id++) {
            text |= vocabulary.types[id] == PieceType.NORMAL;
            if (vocabulary.types[id] == PieceType.USER_DEFINED) {
                symbols++;
                if (vocabulary.pieces[id].indexOf(BLANK) >= 0 || vocabulary.pieces[id].indexOf(' ') >= 0) {
                    return "its user-defined symbol '" + vocabulary.pieces[id] + "' holds a blank";
                }
            }
        }
        if (symbols > MAX_SYMBOLS) {
            return "it has more than " + MAX_SYMBOLS + " user-defined symbols";
        }
        return text ? null : "it has no pieces that were learnt";
    }

    /** The ids of each text; {@code threads} share the work. */
    int[][] encode(List<String> texts, int threads) {
        int[][] ids = new int[texts.size()][];
        AtomicInteger next = new AtomicInteger();
        // Short texts are taken several at a time.
        int some = Math.max(1, Math.min(64, texts.size() / (threads * 8)));
        Runnable work = () -> {
            SegmentEncoder encoder = idle.poll();
            if (encoder == null) {
                encoder = new SegmentEncoder(this);
            }
            for (int from; (from = next.getAndAdd(some)) < ids.length && from >= 0;) {
                for (int i = from; i < Math.min(from + some, ids.length); i++) {
                    ids[i] = encoder.encode(checked(texts.get(i), i));
                }
            }
            idle.add(encoder);
        };
        List<FutureTask<Void>> helpers = new ArrayList<>();
        for (int t = 1; t < Math.min(threads, texts.size()); t++) {
            FutureTask<Void> helper = new FutureTask<>(work, null);
            Thread.ofPlatform().daemon().name("encode-" + t).start(helper);
            helpers.add(helper);
        }
        try {
            work.run();
        } finally {
            // After a failure no text is left to take.
            next.set(ids.length);
            helpers.forEach(UnigramEncoder::join);
        }
        return ids;
    }

    private static void join(FutureTask<Void> helper) {
        boolean interrupted = false;
        while (true) {
            try {
                helper.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    default -> throw new IllegalStateException(e.getCause());
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String checked(String text, int index) {
        if (text.length() > MAX_TEXT_BYTES / 3 && Utf8.encode(text).length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("the text cannot be encoded: text " + index + " is longer than "
                    + MAX_TEXT_BYTES + "; cut it into parts");
        }
        return text;
    }
}
