package io.saryu.deid.data;

import io.saryu.text.Checksums;

/** Identifiers made of digits and letters, with the check digits that they have in life. */
final class Numbers {
    private static final String[] STATES = {"UP", "MH", "DL", "BR", "MP", "RJ", "HR", "PB", "GJ", "KA", "TN", "KL", "WB", "AP", "TS", "UK",
        "JH", "CG", "OD", "AS"};
    private static final String[] BANKS = {"SBIN", "HDFC", "ICIC", "PUNB", "BARB", "UBIN", "CNRB", "UTIB", "KKBK", "IDIB", "CBIN", "BKID",
        "YESB", "IOBA", "INDB", "FDRL"};
    /** Letters of a PAN's fourth place, the kind of holder; most are persons. */
    private static final String[] HOLDERS = {"P", "P", "P", "P", "P", "P", "C", "H", "F", "A", "T"};
    private static final String[] IBANS = {"GBaaaa##############", "DE##################", "FR#######################", "NLaaaa##########",
        "ES####################", "AE###################", "SA####################", "CH#################"};

    private Numbers() {
    }

    private static String grouped(String number, int size, String separator) {
        StringBuilder text = new StringBuilder(number);
        for (int at = (number.length() - 1) / size * size; at > 0; at -= size) {
            text.insert(at, separator);
        }
        return text.toString();
    }

    static String aadhaar(Draw draw) {
        String first = draw.between(2, 9) + draw.pattern("##########");
        String number = first + Checksums.verhoeffDigit(first);
        return grouped(number, 4, draw.pick(" ", " ", " ", "", "-"));
    }

    static String pan(Draw draw) {
        return draw.pattern("aaa") + draw.pick(HOLDERS) + draw.pattern("a####a");
    }

    static String card(Draw draw) {
        String first = draw.pick(draw.pattern("4##############"), draw.pattern("4##############"),
                "5" + draw.between(1, 5) + draw.pattern("#############"), draw.pick("34", "37") + draw.pattern("############"),
                draw.pick("60", "65", "81") + draw.pattern("#############"), "6011" + draw.pattern("###########"));
        String number = first + Checksums.luhnDigit(first);
        String separator = draw.pick("", " ", " ", "-");
        return number.length() == 15 && !separator.isEmpty()
                ? number.substring(0, 4) + separator + number.substring(4, 10) + separator + number.substring(10)
                : grouped(number, 4, separator);
    }

    static String account(Draw draw) {
        return draw.pattern("n" + "#".repeat(draw.between(9, 14)));
    }

    static String ifsc(Draw draw) {
        return draw.pick(BANKS) + "0" + draw.pattern(draw.pick("######", "######", "######", "**####"));
    }

    static String iban(Draw draw) {
        String pattern = draw.pick(IBANS);
        String country = pattern.substring(0, 2);
        String account = draw.pattern(pattern.substring(2));
        return grouped(country + Checksums.ibanDigits(country, account) + account, 4, draw.pick("", " ", " "));
    }

    static String routing(Draw draw) {
        String district = String.format("%02d", draw.chance(0.7) ? draw.between(1, 12) : draw.between(21, 32));
        String first = district + draw.pattern("######");
        return first + Checksums.routingDigit(first);
    }

    static String gstin(Draw draw) {
        String first = String.format("%02d", draw.between(1, 37)) + pan(draw) + draw.pattern("n") + "Z";
        return first + Checksums.gstinCharacter(first);
    }

    static String ein(Draw draw) {
        return draw.pattern("n#-#######");
    }

    static String tan(Draw draw) {
        return draw.pattern("aaaa#####a");
    }

    static String tax(Draw draw) {
        return draw.pick(gstin(draw), gstin(draw), ein(draw), tan(draw), draw.pattern("n#########"), draw.pattern("GBn########"));
    }

    static String ssn(Draw draw) {
        int area = draw.between(1, 899);
        String parts = String.format("%03d %02d %04d", area == 666 ? 665 : area, draw.between(1, 99), draw.between(1, 9999));
        return parts.replace(" ", draw.pick("-", "-", "-", " ", ""));
    }

    static String passport(Draw draw) {
        return draw.chance(0.8) ? draw.letter("ABCDEFGHJKLMNPRSTUVWY") + draw.pattern("n######") : draw.pattern(draw.pick("n########", "aan######"));
    }

    static String voter(Draw draw) {
        return draw.chance(0.85) ? draw.pattern("aaa#######") : draw.pattern("UP/##/###/######");
    }

    static String vehicle(Draw draw) {
        int kind = draw.below(100);
        if (kind < 8) {
            return draw.pattern("2# BH #### aa").replaceFirst("^2\\d", Integer.toString(draw.between(21, 26)));
        }
        if (kind < 16 && draw.english()) {
            return draw.pattern(draw.pick("naaa###", "aa## aaa", "aaa-####"));
        }
        String plate = draw.pick(STATES) + draw.pattern(draw.pick(" ## a ####", " ## aa ####", " ## aa ####"));
        return draw.pick(plate, plate.replace(" ", ""), plate.replace(' ', '-'));
    }

    static String license(Draw draw) {
        if (draw.english() && draw.chance(0.3)) {
            return draw.pattern(draw.pick("a#######", "a###-####-####", "a########"));
        }
        return draw.pick(STATES) + draw.pattern(draw.pick("## ", "##", "-##")) + draw.between(1985, 2026) + draw.pattern("#######");
    }

    static String healthPlan(Draw draw) {
        return draw.pattern(draw.pick("HPN-aaa-###", "HPN-aaa-###", "HPBN-######", "HPBN ####-####", "HPN######", "aaa#########", "HP-####-####",
                "H##########"));
    }

    static String medicalRecord(Draw draw) {
        return draw.pattern(draw.pick("n#####", "n######", "MR-######", "UHID-#######", "aaa-#######", "OPD/####/#####"));
    }

    static String imei(Draw draw) {
        String first = draw.pick("35", "86", "01") + draw.pattern("############");
        return first + Checksums.luhnDigit(first);
    }

    static String vin(Draw draw) {
        return draw.pattern(draw.pick("MA3", "MBH", "1HG", "WVW", "JTD")) + draw.pattern("**************");
    }

    static String serial(Draw draw) {
        return draw.pattern(draw.pick("SN-********", "S/N ########", "a##aa###aa##", "aa-####-###a", "aaa########")) + draw.pattern("#");
    }

    static String id(Draw draw) {
        return draw.pattern(draw.pick("aaa-#####", "n#######", "aa/####/####", "####/####", "20##/aa/#####", "a########", "##-####-###",
                "aa######", "n###########"));
    }

    /** An Indian PIN code, an American ZIP code or a British postcode. */
    static String zip(Draw draw) {
        int kind = draw.english() ? draw.below(100) : 0;
        if (kind >= 90) {
            return draw.pattern(draw.pick("aan #aa", "an #aa", "aa## #aa"));
        }
        if (kind >= 60) {
            return draw.pattern(draw.pick("#####", "#####", "#####-####"));
        }
        String pin = draw.between(1, 8) + draw.pattern("#####");
        return draw.chance(0.12) ? pin.substring(0, 3) + " " + pin.substring(3) : pin;
    }
}
