package io.saryu.deid.data;

/** Addresses, towns, organizations. An address ends before the town and the PIN code, which have tags of their own. */
final class Places {
    private Places() {
    }

    static String city(Draw draw) {
        return draw.language().equals("awa") && draw.chance(0.5) ? draw.ownWord("city") : draw.word("city");
    }

    static String address(Draw draw) {
        return draw.english() ? english(draw) : devanagari(draw);
    }

    private static String english(Draw draw) {
        String street = draw.word("street");
        String number = draw.pattern(draw.pick("n", "n#", "n##", "n#/n#", "n##a", "a-n#", "n-n#"));
        return switch (draw.below(9)) {
            case 0 -> "H.No. " + number + ", " + street;
            case 1 -> "House No. " + number + ", " + street;
            case 2 -> "Flat " + draw.pattern("n##") + ", " + draw.word("org-core") + " Apartments, " + street;
            case 3 -> "Plot No. " + number + ", Sector " + draw.between(1, 90) + ", " + street;
            case 4 -> draw.pattern("n##") + " " + street + ", Apt " + draw.between(1, 60);
            case 5 -> number + ", " + street + ", near " + draw.word("org-core") + " " + draw.pick("School", "Hospital", "Temple", "Park");
            default -> number + (draw.chance(0.2) ? ", " : " ") + street;
        };
    }

    private static String devanagari(Draw draw) {
        boolean awadhi = draw.language().equals("awa");
        String street = awadhi && draw.chance(0.5) ? draw.ownWord("street") : draw.word("street");
        String number = draw.pattern(draw.pick("n", "n#", "n##", "n#/n#", "n#/n##"));
        return switch (draw.below(9)) {
            case 0, 1 -> (awadhi ? "घर नंबर " : "मकान नंबर ") + number + ", " + street;
            case 2 -> (awadhi ? "फलैट " : "फ़्लैट ") + draw.pattern("n##") + ", " + draw.word("org-core") + " अपार्टमेण्ट, " + street;
            case 3 -> "गली नंबर " + draw.between(1, 30) + ", " + street;
            case 4 -> "वार्ड " + draw.between(1, 40) + ", " + street;
            case 5 -> (awadhi ? "गाँव " : "ग्राम ") + city(draw) + ", पोस्ट " + city(draw);
            case 6 -> (awadhi ? "गाँव " : "ग्राम ") + city(draw) + ", थाना " + city(draw);
            default -> number + ", " + street;
        };
    }

    /** @param kind hospital, school, bank or company */
    static String organization(Draw draw, String kind) {
        if (!draw.english() && draw.chance(0.08)) {
            return draw.word("org-core", "en") + " " + draw.pick("Hospital", "School", "Bank", "Pvt Ltd", "Technologies", "Foundation");
        }
        return draw.word("org-core") + " " + draw.sharedWord("org-" + kind);
    }
}
