package io.saryu.text;

/**
 * The check digits of identifiers. All methods take the bare number: decimal digits of any script (a Devanagari five is a
 * five), no spaces or hyphens; whatever else it holds makes it invalid, never an exception.
 */
public final class Checksums {
    private static final int[][] VERHOEFF_PRODUCT = dihedralGroup();
    /** A permutation of order 8 that J. Verhoeff chose so that more transpositions are found. */
    private static final int[] VERHOEFF_PERMUTATION = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    private static final int VERHOEFF_PERIOD = 8;
    private static final int IBAN_MODULUS = 97;
    private static final int GSTIN_LENGTH = 15;
    private static final int SHORTEST_IBAN = 15;
    private static final int LONGEST_IBAN = 34;
    private static final int[] ROUTING_WEIGHTS = {3, 7, 1};

    private Checksums() {
    }

    /** D5: 0 to 4 are rotations, 5 to 9 reflections. */
    private static int[][] dihedralGroup() {
        int[][] product = new int[10][10];
        for (int a = 0; a < 10; a++) {
            for (int b = 0; b < 10; b++) {
                int turn = a < 5 ? (a + b) % 5 : (a - b + 10) % 5;
                product[a][b] = a < 5 == b < 5 ? turn : turn + 5;
            }
        }
        return product;
    }

    /** Whether the last digit is the Luhn digit of those before it (ISO/IEC 7812-1, annex B): cards, IMEI. */
    public static boolean luhn(String number) {
        return number.length() > 1 && digits(number) && luhnSum(number, false) % 10 == 0;
    }

    /** The Luhn digit, 0 to 9, that belongs after {@code digits}. */
    public static int luhnDigit(String digits) {
        require(digits);
        return (10 - luhnSum(digits, true) % 10) % 10;
    }

    /** @param doubleLast whether the last digit is one that counts twice */
    private static int luhnSum(String digits, boolean doubleLast) {
        int sum = 0;
        boolean twice = doubleLast;
        for (int i = digits.length() - 1; i >= 0; i--, twice = !twice) {
            int d = digit(digits, i);
            sum += !twice ? d : d > 4 ? 2 * d - 9 : 2 * d;
        }
        return sum;
    }

    /** Whether the last digit is the Verhoeff digit of those before it (J. Verhoeff, 1969): Aadhaar. */
    public static boolean verhoeff(String number) {
        return number.length() > 1 && digits(number) && verhoeffSum(number, 0) == 0;
    }

    /** The Verhoeff digit, 0 to 9, that belongs after {@code digits}. */
    public static int verhoeffDigit(String digits) {
        require(digits);
        int sum = verhoeffSum(digits, 1);
        for (int d = 0; d < 10; d++) {
            if (VERHOEFF_PRODUCT[sum][d] == 0) {
                return d;
            }
        }
        throw new IllegalStateException("the dihedral group has no inverse of " + sum);
    }

    private static int verhoeffSum(String digits, int position) {
        int sum = 0;
        for (int i = digits.length() - 1, at = position; i >= 0; i--, at++) {
            int d = digit(digits, i);
            for (int k = 0; k < at % VERHOEFF_PERIOD; k++) {
                d = VERHOEFF_PERMUTATION[d];
            }
            sum = VERHOEFF_PRODUCT[sum][d];
        }
        return sum;
    }

    /** Whether an IBAN of 15 to 34 letters and digits has the check digits of ISO 13616 (remainder 1 by 97). */
    public static boolean iban(String iban) {
        return iban.length() >= SHORTEST_IBAN && iban.length() <= LONGEST_IBAN && Character.isLetter(iban.charAt(0))
                && Character.isLetter(iban.charAt(1)) && remainder97(iban.substring(4) + iban.substring(0, 4)) == 1;
    }

    /** The two check digits of an IBAN. */
    public static String ibanDigits(String country, String account) {
        int remainder = remainder97(account + country + "00");
        if (remainder < 0) {
            throw new IllegalArgumentException("an IBAN has letters and digits only, not '" + country + account + "'");
        }
        return String.format("%02d", IBAN_MODULUS + 1 - remainder);
    }

    private static int remainder97(String text) {
        int remainder = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = value36(text.charAt(i));
            if (value < 0) {
                return -1;
            }
            remainder = (remainder * (value < 10 ? 10 : 100) + value) % IBAN_MODULUS;
        }
        return remainder;
    }

    /** Whether nine digits are a routing number of the American Bankers Association: weights 3, 7, 1, a sum divisible by 10. */
    public static boolean routingNumber(String number) {
        return number.length() == 9 && digits(number) && weighted(number) % 10 == 0;
    }

    /** The ninth digit of a routing number. */
    public static int routingDigit(String eightDigits) {
        require(eightDigits);
        return (10 - weighted(eightDigits) % 10) % 10;
    }

    private static int weighted(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            sum += digit(digits, i) * ROUTING_WEIGHTS[i % 3];
        }
        return sum;
    }

    /** Whether the last character of an Indian GSTIN of 15 is its check character. */
    public static boolean gstin(String number) {
        if (number.length() != GSTIN_LENGTH) {
            return false;
        }
        int check = gstinValue(number.substring(0, GSTIN_LENGTH - 1));
        return check >= 0 && check == value36(number.charAt(GSTIN_LENGTH - 1));
    }

    /** The check character of a GSTIN: base 36, weights 1 and 2 in turn, the digits of each product added. */
    public static char gstinCharacter(String first14) {
        int value = gstinValue(first14);
        if (value < 0) {
            throw new IllegalArgumentException("a GSTIN has letters and digits only, not '" + first14 + "'");
        }
        return Character.toUpperCase(Character.forDigit(value, 36));
    }

    private static int gstinValue(String text) {
        int sum = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = value36(text.charAt(i));
            if (value < 0) {
                return -1;
            }
            int product = value * (1 + i % 2);
            sum += product / 36 + product % 36;
        }
        return (36 - sum % 36) % 36;
    }

    private static int value36(char c) {
        int digit = Character.digit(c, 10);
        if (digit >= 0) {
            return digit;
        }
        return c < 0x80 ? Character.digit(c, 36) : -1;
    }

    private static int digit(String text, int at) {
        return Character.digit(text.charAt(at), 10);
    }

    private static boolean digits(String text) {
        return text.chars().allMatch(c -> Character.digit(c, 10) >= 0);
    }

    private static void require(String digits) {
        if (digits.isEmpty() || !digits(digits)) {
            throw new IllegalArgumentException("'" + digits + "' must be decimal digits, at least one");
        }
    }
}
