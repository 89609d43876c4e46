package io.saryu.deid.data;

import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;

/** Days and times of day. A year alone is no personal data (HIPAA, 45 CFR 164.514(b)(2)(i)(C)). */
final class Dates {
    private static final List<String> HINDI = List.of("जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितम्बर",
            "अक्टूबर", "नवम्बर", "दिसम्बर");
    private static final List<String> AWADHI = List.of("जनवरी", "फरवरी", "मार्च", "अपरैल", "मई", "जून", "जुलाई", "अगस्त", "सितम्बर",
            "अक्टूबर", "नवम्बर", "दिसम्बर");

    private Dates() {
    }

    /** A day of our time. */
    static String recent(Draw draw) {
        return written(draw, LocalDate.of(2005, 1, 1).plusDays(draw.below(365 * 22)), true);
    }

    /** A day on which someone living was born. */
    static String birth(Draw draw) {
        return written(draw, LocalDate.of(1930, 1, 1).plusDays(draw.below(365 * 92)), false);
    }

    private static String written(Draw draw, LocalDate day, boolean yearMayLack) {
        int d = day.getDayOfMonth();
        int m = day.getMonthValue();
        int y = day.getYear();
        int yy = y % 100;
        return switch (draw.below(draw.english() ? 16 : 13)) {
            case 0 -> day.toString();
            case 1, 2 -> format("%02d/%02d/%d", d, m, y);
            case 3 -> format("%02d-%02d-%d", d, m, y);
            case 4 -> format("%d.%d.%d", d, m, y);
            case 5 -> format("%d/%d/%02d", d, m, yy);
            case 6, 7, 8 -> format("%d %s %d", d, month(draw, day), y);
            case 9 -> format("%d %s, %d", d, month(draw, day), y);
            case 10, 11 -> yearMayLack ? format("%d %s", d, month(draw, day)) : format("%d %s %d", d, month(draw, day), y);
            case 12 -> format("%02d.%02d.%02d", d, m, yy);
            case 13 -> format("%s %d, %d", month(draw, day), d, y);
            case 14 -> format("%02d/%02d/%d", m, d, y);
            default -> yearMayLack ? format("%s %d", month(draw, day), d)
                    : format("%d%s of %s %d", d, ordinal(d), day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH), y);
        };
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String month(Draw draw, LocalDate day) {
        Month month = day.getMonth();
        if (draw.english()) {
            return month.getDisplayName(draw.chance(0.3) ? TextStyle.SHORT : TextStyle.FULL, Locale.ENGLISH);
        }
        return (draw.language().equals("awa") ? AWADHI : HINDI).get(month.ordinal());
    }

    private static String ordinal(int day) {
        if (day / 10 == 1) {
            return "th";
        }
        return switch (day % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
    }

    /** A time of day; the Hindi word for o'clock after it is the template's. */
    static String time(Draw draw) {
        int minute = draw.chance(0.3) ? 5 * draw.below(12) : draw.below(60);
        if (!draw.english()) {
            return draw.chance(0.3) ? Integer.toString(draw.between(1, 12)) : format("%d:%02d", draw.between(1, 23), minute);
        }
        int hour = draw.between(1, 12);
        return switch (draw.below(5)) {
            case 0 -> format("%02d:%02d", draw.below(24), minute);
            case 1 -> format("%d %s", hour, draw.pick("am", "pm", "a.m", "PM", "o'clock"));
            case 2 -> format("%d:%02d%s", hour, minute, draw.pick("am", "pm"));
            default -> format("%d:%02d %s", hour, minute, draw.pick("am", "pm", "AM", "PM"));
        };
    }
}
