package io.saryu.deid;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moves dates by a number of days that the key determines, so that the time between two dates stays; written as they were, in numbers or
 * with names of months and weekdays in English, Hindi or Awadhi.
 */
final class SurrogateDates {
    /** Names of months as people write them; a month is answered in the row in which it was found. */
    private static final List<List<String>> MONTHS = List.of(
            words("january february march april may june july august september october november december"),
            words("jan feb mar apr may jun jul aug sept oct nov dec"), words("jan feb mar apr may jun jul aug sep oct nov dec"),
            words("जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर अक्टूबर नवम्बर दिसम्बर"), words("जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"),
            words("जनवरी फरवरी मार्च अपरैल मई जून जुलाई अगस्त सितम्बर अक्तूबर नवम्बर दिसम्बर"));
    private static final List<List<String>> WEEKDAYS = List.of(words("monday tuesday wednesday thursday friday saturday sunday"),
            words("mon tue wed thu fri sat sun"), words("सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार"),
            words("सोमवार मंगलवार बुधवार बृहस्पतिवार शुक्रवार शनिवार इतवार"));
    private static final String MONTH = "(?<month>" + alternatives(MONTHS) + ")(?![\\p{L}\\p{M}])";
    private static final String YEAR = "(?<year>\\d{4}|'?\\d{2})";
    private static final String NO_DIGIT = "(?!\\d)";
    private static final List<Pattern> FORMS = List.of(
            pattern("(?<!\\d)(?<year>\\d{4})(?<s>[-/.])(?<a>\\d{1,2})\\k<s>(?<b>\\d{1,2})" + NO_DIGIT),
            pattern("(?<!\\d)(?<a>\\d{1,2})(?<s>[-/. ])(?<b>\\d{1,2})\\k<s>(?<year>\\d{4}|\\d{2})" + NO_DIGIT),
            pattern("(?<!\\d)(?<day>\\d{1,2})(?<th>st|nd|rd|th)?(?:\\s+of|,)?[\\s-]*" + MONTH + "\\.?(?:[,\\s-]+" + YEAR + NO_DIGIT + ")?"),
            pattern(MONTH + "\\.?[\\s-]*(?<day>\\d{1,2})(?<th>st|nd|rd|th)?(?!\\d)(?:,?\\s+" + YEAR + NO_DIGIT + ")?"),
            pattern(MONTH + "\\.?[,\\s]*(?<year>\\d{4})" + NO_DIGIT));
    private static final Pattern WEEKDAY = pattern("(?<![\\p{L}\\p{M}])(?<weekday>" + alternatives(WEEKDAYS) + ")(?![\\p{L}\\p{M}])");
    /** Where none is written: one that has a 29 February. */
    private static final int ANY_YEAR = 2024;
    private static final int CENTURY = 100;
    private static final int FEWEST_DAYS = 31;
    private static final int RANGE = 304;
    private static final int MIDDLE = 15;

    private final int shift;

    /** The shift, of 31 to 334 days in one of the two directions, never a year, is the key's. */
    SurrogateDates(SurrogateKey key) {
        int drawn = new KeyedDraw(key, "[DATE]", "shift", 0).below(2 * RANGE);
        this.shift = drawn < RANGE ? FEWEST_DAYS + drawn : -(FEWEST_DAYS + drawn - RANGE);
    }

    int shift() {
        return shift;
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private static String alternatives(List<List<String>> lists) {
        return String.join("|", lists.stream().flatMap(List::stream).distinct().sorted(Comparator.comparing(String::length).reversed()).toList());
    }

    private record Edit(int start, int end, String text) {
    }

    /** The date moved; null where none of the known forms is in the value. */
    String move(String value) {
        String plain = ascii(value);
        if (plain.length() != value.length()) {
            return null;
        }
        List<Edit> edits = new ArrayList<>();
        for (Pattern form : FORMS) {
            Matcher m = form.matcher(plain);
            if (m.find()) {
                if (!edit(m, form, edits)) {
                    return null;
                }
                break;
            }
        }
        Matcher weekday = WEEKDAY.matcher(plain);
        if (weekday.find()) {
            // Alone it must not stay either.
            int days = edits.isEmpty() && shift % 7 == 0 ? 1 : shift;
            edits.add(new Edit(weekday.start(), weekday.end(), renamed(WEEKDAYS, weekday.group(), i -> Math.floorMod(i + days, 7))));
        }
        if (edits.isEmpty()) {
            return null;
        }
        StringBuilder out = new StringBuilder(value);
        edits.stream().sorted(Comparator.comparingInt(Edit::start).reversed()).forEach(e -> out.replace(e.start(), e.end(),
                scripted(e.text(), value.substring(e.start(), e.end()))));
        return out.toString();
    }

    private boolean edit(Matcher m, Pattern form, List<Edit> edits) {
        boolean named = form.pattern().contains("<month>");
        boolean hasDay = form.pattern().contains("<day>");
        String year = form.pattern().contains("<year>") ? m.group("year") : null;
        String digits = year == null ? "" : year.replace("'", "");
        int y = year == null ? ANY_YEAR : digits.length() == 2 ? 2000 + Integer.parseInt(digits) : Integer.parseInt(digits);
        String dayGroup = "day";
        String monthGroup = "month";
        int month;
        if (named) {
            month = index(MONTHS, m.group("month")) + 1;
        } else {
            boolean yearFirst = m.start("year") < m.start("a");
            boolean monthFirst = yearFirst || Integer.parseInt(m.group("b")) > 12;
            dayGroup = monthFirst ? "b" : "a";
            monthGroup = monthFirst ? "a" : "b";
            month = Integer.parseInt(m.group(monthGroup));
        }
        LocalDate moved;
        try {
            moved = LocalDate.of(y, month, named && !hasDay ? MIDDLE : Integer.parseInt(m.group(dayGroup))).plusDays(shift);
        } catch (DateTimeException e) {
            return false;
        }
        if (moved.getYear() < 1 || moved.getYear() > 9999) {
            return false;
        }
        if (year != null) {
            edits.add(new Edit(m.end("year") - digits.length(), m.end("year"), String.format(Locale.ROOT, digits.length() == 2 ? "%02d" : "%04d",
                    digits.length() == 2 ? moved.getYear() % CENTURY : moved.getYear())));
        }
        if (named) {
            edits.add(new Edit(m.start("month"), m.end("month"), renamed(MONTHS, m.group("month"), i -> moved.getMonthValue() - 1)));
        } else {
            number(m, monthGroup, moved.getMonthValue(), edits);
        }
        if (!named || hasDay) {
            number(m, dayGroup, moved.getDayOfMonth(), edits);
        }
        if (hasDay && m.group("th") != null) {
            edits.add(new Edit(m.start("th"), m.end("th"), ordinal(moved.getDayOfMonth())));
        }
        return true;
    }

    /** Two digits stay two, unless day or month is written with one. */
    private static void number(Matcher m, String group, int value, List<Edit> edits) {
        boolean numbers = !group.equals("day");
        boolean wide = numbers ? m.group("a").length() == 2 && m.group("b").length() == 2 : m.group(group).startsWith("0");
        edits.add(new Edit(m.start(group), m.end(group), String.format(Locale.ROOT, wide ? "%02d" : "%d", value)));
    }

    private static String ordinal(int day) {
        return day / 10 == 1 ? "th" : day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
    }

    private static int index(List<List<String>> lists, String name) {
        return lists.stream().mapToInt(list -> list.indexOf(name.toLowerCase(Locale.ROOT))).filter(i -> i >= 0).findFirst().orElseThrow();
    }

    private static String renamed(List<List<String>> lists, String name, IntUnaryOperator to) {
        String lower = name.toLowerCase(Locale.ROOT);
        List<String> list = lists.stream().filter(l -> l.contains(lower)).findFirst().orElseThrow();
        String made = list.get(to.applyAsInt(list.indexOf(lower)));
        boolean capital = Character.isUpperCase(name.charAt(0));
        return Form.cased(capital ? Character.toUpperCase(made.charAt(0)) + made.substring(1) : made, name);
    }

    /** With ASCII digits. */
    private static String ascii(String value) {
        StringBuilder out = new StringBuilder();
        value.codePoints().forEach(c -> out.appendCodePoint(Character.digit(c, 10) < 0 ? c : '0' + Character.digit(c, 10)));
        return out.toString();
    }

    /** Digits of the script that the text before it has. */
    private static String scripted(String text, String like) {
        int first = like.codePointAt(0);
        int zero = Character.digit(first, 10) < 0 ? '0' : first - Character.digit(first, 10);
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(c >= '0' && c <= '9' ? c - '0' + zero : c));
        return out.toString();
    }

    /** Another time of day in the form of one. */
    static String time(String value, KeyedDraw draw) {
        Matcher numbers = Pattern.compile("\\p{Nd}+").matcher(value);
        StringBuilder out = new StringBuilder();
        for (int i = 0; numbers.find(); i++) {
            int length = numbers.group().length();
            if (length > 2) {
                numbers.appendReplacement(out, Form.fill(numbers.group(), draw));
                continue;
            }
            boolean morning = i == 0 && Integer.parseInt(ascii(numbers.group())) <= 12;
            int made = i > 0 ? draw.below(60) : morning ? length == 2 ? draw.between(10, 12) : draw.between(1, 9) : draw.between(13, 23);
            String text = String.format(Locale.ROOT, "%0" + length + "d", i > 0 && length == 1 ? made % 10 : made);
            numbers.appendReplacement(out, scripted(text, numbers.group()));
        }
        return numbers.appendTail(out).toString();
    }
}
