package io.saryu.deid.data;

import java.util.Locale;

/** What looks like an identifier and is none: prices, amounts, years, sections, scores. */
final class Plain {
    private Plain() {
    }

    static String price(Draw draw) {
        String amount = draw.chance(0.5) ? grouped(draw.between(10, 250000)) : Integer.toString(draw.between(1, 900) * 50);
        return switch (draw.language()) {
            case "en" -> draw.pick("₹" + amount, "Rs " + amount, "Rs. " + amount, "$" + amount, amount + " rupees", "€" + amount, "INR " + amount);
            case "hi" -> draw.pick("₹" + amount, amount + " रुपये", amount + " रुपये", draw.between(2, 90) + " हज़ार रुपये", "रु. " + amount);
            default -> draw.pick("₹" + amount, amount + " रुपिया", amount + " रुपिया", draw.between(2, 90) + " हजार रुपिया");
        };
    }

    /** With commas, in India's way above 99,999. */
    private static String grouped(int n) {
        return n < 100000 ? String.format(Locale.ROOT, "%,d", n) : n / 100000 + "," + String.format(Locale.ROOT, "%02d,%03d", n / 1000 % 100, n % 1000);
    }

    static String quantity(Draw draw) {
        int n = draw.between(1, 90);
        return switch (draw.language()) {
            case "en" -> draw.pick(n + " kg", n * 10 + " grams", n + " quintals", n + " litres", n * 10 + " g", n + " bags");
            case "hi" -> draw.pick(n + " किलो", n * 10 + " ग्राम", n + " क्विंटल", n + " लीटर", n + " बोरी");
            default -> draw.pick(n + " किलो", n * 10 + " गिराम", n + " कुन्तल", n + " सेर", n + " बोरा");
        };
    }

    static String number(Draw draw) {
        return Integer.toString(draw.chance(0.7) ? draw.between(2, 40) : draw.between(41, 900));
    }

    static String year(Draw draw) {
        return Integer.toString(draw.between(1757, 2024));
    }

    static String percent(Draw draw) {
        String n = draw.chance(0.5) ? Integer.toString(draw.between(1, 100)) : String.format(Locale.ROOT, "%.1f", draw.between(10, 990) / 10.0);
        return draw.english() ? draw.pick(n + "%", n + " %", n + " percent") : draw.pick(n + "%", n + " प्रतिशत", n + " फ़ीसदी");
    }

    static String large(Draw draw) {
        int n = draw.between(2, 99);
        return switch (draw.language()) {
            case "en" -> draw.pick(n + " million", n + " lakh", n + "," + draw.pattern("###") + "," + draw.pattern("###"), n + "," + draw.pattern("###"), n + " thousand");
            case "hi" -> draw.pick(n + " लाख", n + " करोड़", n + " हज़ार", n + "," + draw.pattern("##") + "," + draw.pattern("###"));
            default -> draw.pick(n + " लाख", n + " करोड़", n + " हजार", n + "," + draw.pattern("##") + "," + draw.pattern("###"));
        };
    }

    static String section(Draw draw) {
        return draw.pick(Integer.toString(draw.between(2, 511)), draw.between(1, 40) + "." + draw.between(1, 12),
                draw.between(2, 180) + "(" + draw.between(1, 9) + ")", draw.between(1, 9) + "." + draw.between(0, 9) + "." + draw.between(0, 30));
    }

    static String score(Draw draw) {
        return draw.pick(draw.between(90, 420) + "/" + draw.between(1, 9), draw.below(6) + "-" + draw.below(6), "21-" + draw.between(4, 19));
    }

    static String temperature(Draw draw) {
        return draw.pick(draw.between(96, 105) + " F", draw.between(36, 40) + "." + draw.below(10) + " °C", draw.between(97, 104) + "." + draw.below(10));
    }
}
