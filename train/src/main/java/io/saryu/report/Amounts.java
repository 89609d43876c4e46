package io.saryu.report;

import java.util.Locale;

/** Numbers for people. */
public final class Amounts {
    private Amounts() {
    }

    /** {@code 12.3 MB} for bytes, {@code 1,234 lines} for other units. */
    public static String of(double amount, String unit) {
        if (unit.equals("bytes")) {
            return bytes(amount);
        }
        return String.format(Locale.ROOT, amount >= 10 || amount == Math.rint(amount) ? "%,.0f %s" : "%.2f %s", amount,
                unit);
    }

    /** Decimal units. */
    public static String bytes(double bytes) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    /** {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    public static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s % 3600 / 60 + " min";
    }
}
