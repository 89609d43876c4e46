package io.saryu.deid.data;

import io.saryu.data.Shuffle;
import io.saryu.tokenizer.TaskTags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes examples of de-identification for one language, the same for the same seed. Templates and values of validation do not
 * come in training; the rows of training must be made first. Not thread-safe.
 */
final class DeidGenerator {
    /** Languages that there are templates for. */
    static final List<String> LANGUAGES = List.of("en", "hi", "awa");

    private static final int ATTEMPTS = 5000;
    private static final double DEVANAGARI_DIGITS = 0.25;
    private static final double ANOTHER = 0.2;
    /** Share of the training rows that are words in no order. */
    private static final double SALAD = 0.35;
    /** Share of the other training rows in which words of the template are exchanged. */
    private static final double SHAKEN = 0.4;
    private static final Pattern TAG = Pattern.compile("\\[[A-Z_]+\\]");

    private final String language;
    private final long seed;
    private final TemplateSet templates;
    private final Instructions instructions;
    private final Salad salad;
    private final Set<String> seenInputs = new HashSet<>();
    private final Set<String> trainingValues = new HashSet<>();

    /** For one of {@link #LANGUAGES}. */
    DeidGenerator(String language, long seed) {
        this.language = language;
        this.seed = seed;
        this.templates = new TemplateSet(language);
        this.instructions = new Instructions(language);
        this.salad = new Salad(templates.of(Side.TRAIN));
    }

    /** Templates of a side. */
    int templates(Side side) {
        return templates.of(side).size();
    }

    /**
     * Makes rows, no input twice. Templates come in turn, each turn in another order, so that {@code count} of their number
     * uses all.
     *
     * @return the sources of the templates that were used
     */
    Set<String> rows(Side side, int count, Consumer<DeidRow> to) {
        Random random = new Random(Shuffle.mix(Shuffle.mix(seed, LANGUAGES.indexOf(language)), side.ordinal()));
        Draw draw = new Draw(random, new WordLists(side), language);
        List<Template> deck = new ArrayList<>();
        Set<String> used = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            if (side == Side.TRAIN && draw.chance(SALAD)) {
                to.accept(salad(draw));
                continue;
            }
            Template template = next(deck, side, random);
            used.add(template.source());
            to.accept(row(template, deck, used, side, random, draw));
        }
        return used;
    }

    private Template next(List<Template> deck, Side side, Random random) {
        if (deck.isEmpty()) {
            deck.addAll(templates.of(side));
            Collections.shuffle(deck, random);
        }
        return deck.removeLast();
    }

    private DeidRow row(Template template, List<Template> deck, Set<String> used, Side side, Random random, Draw draw) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Piece> pieces = new ArrayList<>(fill(template, side, draw));
            // A template without slots gives one text only, so after that it comes with another.
            if (draw.chance(ANOTHER) || attempt > 0) {
                pieces.add(new Piece(draw.chance(0.15) ? "\n" : " ", null, true));
                Template other = attempt == 0 ? next(deck, side, random) : draw.pick(templates.of(side));
                used.add(other.source());
                pieces.addAll(fill(other, side, draw));
            }
            DeidRow row = finish(side == Side.TRAIN && draw.chance(SHAKEN) ? salad.shake(pieces, draw) : pieces, draw);
            check(row, template.source());
            if (seenInputs.add(row.input())) {
                return row;
            }
        }
        throw new IllegalStateException("no new text comes of the template '" + template.source() + "'; ask for fewer rows");
    }

    private DeidRow salad(Draw draw) {
        while (true) {
            DeidRow row = finish(salad.row(draw, slot -> value(slot, Side.TRAIN, draw)), draw);
            check(row, "words in no order");
            if (seenInputs.add(row.input())) {
                return row;
            }
        }
    }

    private DeidRow finish(List<Piece> pieces, Draw draw) {
        boolean devanagari = !draw.english() && draw.chance(DEVANAGARI_DIGITS);
        return DeidRow.of(instructions.draw(draw), Noise.apply(devanagari ? Noise.devanagariDigits(pieces) : pieces, draw), language);
    }

    private List<Piece> fill(Template template, Side side, Draw draw) {
        return template.parts().stream().map(part -> part.slot() == null ? new Piece(part.literal(), null, true)
                : new Piece(value(part.slot(), side, draw), part.slot().tag(), part.slot().digits())).toList();
    }

    private String value(Slot slot, Side side, Draw draw) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String value = slot.maker().apply(draw);
            if (slot.origin() == Slot.Origin.CLOSED) {
                return value;
            }
            if (slot.origin() == Slot.Origin.DRAWN && Side.of(value, WordLists.HELD_OUT) != side) {
                continue;
            }
            String key = slot.tag() + value.toLowerCase(Locale.ROOT);
            if (side == Side.TRAIN) {
                trainingValues.add(key);
                return value;
            }
            // Two list entries together may read as one of the other side's.
            if (!trainingValues.contains(key)) {
                return value;
            }
        }
        throw new IllegalStateException("no value of {" + slot.name() + "} is left for " + side.fileName() + "; ask for fewer rows");
    }

    /** What must hold for every row, whatever the templates say. */
    private static void check(DeidRow row, String source) {
        for (String text : new String[] {row.instruction(), row.input(), row.output()}) {
            if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0 || text.isBlank()) {
                throw new IllegalStateException("the template '" + source + "' left a brace or nothing: '" + text + "'");
            }
        }
        List<String> tags = new ArrayList<>();
        Matcher matcher = TAG.matcher(row.output());
        while (matcher.find()) {
            tags.add(matcher.group());
        }
        if (!tags.equals(row.spans().stream().map(DeidRow.Span::tag).toList()) || !TaskTags.all().containsAll(tags)) {
            throw new IllegalStateException("the template '" + source + "' gave other tags than its slots: " + row.output());
        }
    }
}
