package io.saryu.deid;

import io.saryu.text.Checksums;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Other numbers in the form of numbers, with the check digits that they have. */
final class SurrogateNumbers {
    private static final List<String> STATES = List.of("UP", "MH", "DL", "BR", "MP", "RJ", "HR", "PB", "GJ", "KA", "TN", "KL", "WB", "AP", "TS",
            "UK", "JH", "CG", "OD", "AS");
    private static final List<String> BANKS = List.of("SBIN", "HDFC", "ICIC", "PUNB", "BARB", "UBIN", "CNRB", "UTIB", "KKBK", "IDIB", "CBIN",
            "BKID");
    /** Words that say what a number is. */
    private static final Pattern LABEL = Pattern.compile("^(HPBN|HPN|HP|MRN|MR|UHID|OPD|IPD|S/N|SN|ID|EMP|GB)(?![A-Za-z])",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern GSTIN = Pattern.compile("\\d{2}[A-Z]{5}\\d{4}[A-Z][A-Z0-9]Z[A-Z0-9]");
    private static final Pattern PAN = Pattern.compile("[A-Z]{5}\\d{4}[A-Z]");
    private static final Pattern IFSC = Pattern.compile("[A-Z]{4}0[A-Z0-9]{6}");
    private static final Pattern IBAN = Pattern.compile("[A-Z]{2}\\d{2}[A-Z0-9]{11,30}");
    private static final Pattern TWO_DIGIT_COUNTRY = Pattern.compile("^(20|27|3[0-46-9]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])");
    private static final int AADHAAR = 12;
    private static final int IMEI = 15;
    private static final int ROUTING = 9;
    private static final int SSN = 9;
    private static final int MOBILE = 10;

    private SurrogateNumbers() {
    }

    static String of(String tag, String value, KeyedDraw draw) {
        String digits = Form.digits(value);
        String code = Form.lettersAndDigits(value);
        return switch (tag) {
            case "[PHONE_NUMBER]" -> digits.isEmpty() ? Form.fill(value, draw) : phone(value, digits, draw);
            case "[AADHAAR]" -> digits.length() == AADHAAR ? aadhaar(value, draw) : Form.fill(value, draw);
            case "[CREDIT_CARD]" -> digits.length() > AADHAAR ? luhn(value, digits, digits.startsWith("3") ? 2 : 1, draw)
                    : Form.fill(value, draw);
            case "[ROUTING_NUMBER]" -> digits.length() == ROUTING ? routing(value, draw) : Form.fill(value, draw);
            case "[SSN]" -> digits.length() == SSN ? ssn(value, draw) : Form.fill(value, draw);
            case "[IBAN]" -> IBAN.matcher(code).matches() ? iban(value, code, draw) : Form.fill(value, draw);
            case "[IFSC]" -> IFSC.matcher(code).matches() ? Form.withLettersAndDigits(value, draw.pick(BANKS) + "0"
                    + Form.fill(code.substring(5), draw)) : Form.fill(value, draw);
            case "[PAN]" -> PAN.matcher(code).matches() ? Form.withLettersAndDigits(value, pan(code, draw)) : Form.fill(value, draw);
            case "[TAX_ID]" -> GSTIN.matcher(code).matches() ? gstin(value, code, draw) : labelled(value, draw);
            case "[VEHICLE_NUMBER]", "[DRIVER_LICENSE]", "[VOTER_ID]" -> ofState(value, draw);
            case "[ID_NUMBER]" -> digits.length() == IMEI && digits.length() == code.length() && Checksums.luhn(digits)
                    ? luhn(value, digits, 2, draw) : labelled(value, draw);
            default -> labelled(value, draw);
        };
    }

    private static String any(int count, KeyedDraw draw) {
        return Form.fill("0".repeat(count + 1), draw).substring(1);
    }

    private static String aadhaar(String value, KeyedDraw draw) {
        String first = draw.between(2, 9) + any(AADHAAR - 2, draw);
        return Form.withDigits(value, first + Checksums.verhoeffDigit(first));
    }

    /** @param kept digits that say of what kind it is */
    private static String luhn(String value, String digits, int kept, KeyedDraw draw) {
        String first = digits.substring(0, kept) + any(digits.length() - kept - 1, draw);
        return Form.withDigits(value, first + Checksums.luhnDigit(first));
    }

    private static String routing(String value, KeyedDraw draw) {
        int district = draw.between(1, 12);
        String first = (district < 10 ? "0" : "") + district + any(ROUTING - 3, draw);
        return Form.withDigits(value, first + Checksums.routingDigit(first));
    }

    private static String ssn(String value, KeyedDraw draw) {
        int area = draw.between(1, 899);
        return Form.withDigits(value, String.format("%03d%02d%04d", area == 666 ? 667 : area, draw.between(1, 99), draw.between(1, 9999)));
    }

    private static String iban(String value, String code, KeyedDraw draw) {
        String account = Form.fill(code.substring(4), draw);
        return Form.withLettersAndDigits(value, code.substring(0, 2) + Checksums.ibanDigits(code.substring(0, 2), account) + account);
    }

    /** The fourth letter is the kind of holder. */
    private static String pan(String code, KeyedDraw draw) {
        return Form.fill(code.substring(0, 3), draw) + code.charAt(3) + Form.fill(code.substring(4), draw);
    }

    private static String gstin(String value, String code, KeyedDraw draw) {
        int state = draw.between(1, 37);
        String first = (state < 10 ? "0" : "") + state + pan(code.substring(2, 12), draw) + draw.between(1, 9) + "Z";
        return Form.withLettersAndDigits(value, first + Checksums.gstinCharacter(first));
    }

    private static String ofState(String value, KeyedDraw draw) {
        boolean state = value.length() > 2 && STATES.contains(value.substring(0, 2));
        return state ? draw.pick(STATES) + Form.fill(value.substring(2), draw) : labelled(value, draw);
    }

    private static String labelled(String value, KeyedDraw draw) {
        Matcher label = LABEL.matcher(value);
        String kept = label.find() ? label.group() : "";
        return kept + Form.fill(value.substring(kept.length()), draw);
    }

    /** The number without what is written before it for callers from elsewhere: equal for all writings of an Indian mobile number. */
    static String national(String value) {
        String digits = Form.digits(value);
        return digits.substring(prefix(value, digits));
    }

    private static int prefix(String value, String digits) {
        if (value.strip().startsWith("+") || value.strip().startsWith("(+")) {
            int country = digits.startsWith("1") || digits.startsWith("7") ? 1 : TWO_DIGIT_COUNTRY.matcher(digits).find() ? 2 : 3;
            return Math.min(country, digits.length());
        }
        int more = digits.length() - MOBILE;
        return (more == 1 && digits.startsWith("0") || more == 2 && digits.startsWith("91")) && digits.charAt(more) >= '6' ? more : 0;
    }

    /** The country stays; of the national number, the first and the fourth digit stay of the kind that numbers of this form have there. */
    private static String phone(String value, String digits, KeyedDraw draw) {
        int prefix = prefix(value, digits);
        StringBuilder made = new StringBuilder(digits.substring(0, prefix));
        for (int i = prefix; i < digits.length(); i++) {
            char d = digits.charAt(i);
            int at = i - prefix;
            if (at == 0 || at == 3 && digits.length() - prefix == MOBILE) {
                made.append(at == 0 && d >= '6' ? draw.between(6, 9) : d >= '2' ? draw.between(2, at == 0 ? 5 : 9) : d - '0');
            } else {
                made.append(draw.below(10));
            }
        }
        return Form.withDigits(value, made.toString());
    }

    /** Another age of as many digits, not far from it. */
    static String age(String value, KeyedDraw draw) {
        String digits = Form.digits(value);
        if (digits.isEmpty() || digits.length() > 3) {
            return digits.isEmpty() ? Integer.toString(draw.between(20, 69)) : Form.fill(value, draw);
        }
        int age = Integer.parseInt(digits);
        int least = digits.length() == 1 ? 1 : digits.length() == 2 ? 10 : 100;
        int most = digits.length() == 1 ? 9 : digits.length() == 2 ? 99 : Math.max(115, age);
        int made = draw.between(Math.max(least, age - 9), Math.max(least, Math.min(most, age + 9)));
        return Form.withDigits(value, String.format("%0" + digits.length() + "d", made));
    }
}
