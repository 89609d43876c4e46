package io.saryu.deid.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rows of words in no order, with values among them whose kind their form or make alone shows. A small model learns templates by
 * heart and then says them instead of its input; of these nothing can be known but by looking.
 */
final class Salad {
    private static final List<Slot> TAGGED = slots("name", "name", "name", "man", "woman", "first", "city", "city", "email", "url", "ip", "upi",
            "iban", "ifsc", "pan", "vehicle", "date", "date", "time", "hospital", "school", "bank", "company", "title");
    private static final List<Slot> PLAIN = slots("price", "qty", "percent", "temp", "year");
    private static final int FEWEST = 3;
    private static final int MOST = 22;
    private static final double VALUE = 0.16;
    private static final double NUMBER = 0.04;
    private static final double MARK = 0.1;

    /** Of a template's words, the share that becomes others. */
    private static final double CHANGED = 0.12;
    private static final Pattern WORD = Pattern.compile("(?<![^\\s(])[\\p{L}\\p{M}]{3,}(?![^\\s,.;:!?)।])");

    private final List<String> words;

    /** Of the words of these templates. */
    Salad(List<Template> templates) {
        Set<String> all = new TreeSet<>();
        templates.stream().flatMap(t -> t.parts().stream()).filter(p -> p.literal() != null)
                .flatMap(p -> List.of(p.literal().split("[\\s\\p{Punct}।॥]+")).stream())
                .filter(w -> w.codePoints().anyMatch(Character::isLetter) && w.codePoints().noneMatch(Character::isDigit)).forEach(all::add);
        words = List.copyOf(all);
    }

    private static List<Slot> slots(String... names) {
        return List.of(names).stream().map(Slot::of).toList();
    }

    /** A filled template with some of its words exchanged for others, so that it cannot be known by heart. */
    List<Piece> shake(List<Piece> pieces, Draw draw) {
        return pieces.stream().map(p -> p.tag() != null ? p : p.map(text -> WORD.matcher(text).replaceAll(found ->
                Matcher.quoteReplacement(draw.chance(CHANGED) ? draw.pick(words) : found.group())))).toList();
    }

    /** @param fill makes the value of a slot */
    List<Piece> row(Draw draw, Function<Slot, String> fill) {
        List<Piece> pieces = new ArrayList<>();
        int count = draw.between(FEWEST, MOST);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                pieces.add(new Piece(draw.chance(MARK) ? draw.pick(", ", ". ", ": ", " - ", "; ", "\n", " (", ") ", "? ") : " ", null, true));
            }
            boolean value = draw.chance(VALUE);
            if (value || draw.chance(NUMBER)) {
                Slot slot = draw.pick(value ? TAGGED : PLAIN);
                pieces.add(new Piece(fill.apply(slot), slot.tag(), slot.digits()));
            } else {
                pieces.add(new Piece(draw.pick(words), null, true));
            }
        }
        return pieces;
    }
}
