package io.saryu.deid.data;

import java.util.Locale;

/** Phones, mail, sites, users, passwords, machines. */
final class Contacts {
    private static final String[] MAIL = {"gmail.com", "yahoo.com", "yahoo.co.in", "rediffmail.com", "outlook.com", "hotmail.com",
        "icloud.com", "protonmail.com"};
    private static final String[] TOP = {"com", "in", "co.in", "org", "net", "org.in", "ac.in", "co.uk", "edu", "io"};
    private static final String[] UPI = {"okaxis", "oksbi", "okhdfcbank", "okicici", "ybl", "paytm", "upi", "apl", "ibl", "axl"};
    private static final String[] LANDLINES = {"011", "022", "033", "044", "080", "0522", "0512", "0542", "0532", "0551", "05278", "0612",
        "0755", "0141", "0135"};
    private static final String[] AREAS = {"201", "202", "212", "213", "302", "303", "305", "312", "404", "412", "415", "503", "512", "617",
        "619", "702", "713", "718", "808", "917"};

    private Contacts() {
    }

    static String phone(Draw draw) {
        int kind = draw.below(100);
        int indian = draw.english() ? 45 : 86;
        if (kind < indian) {
            return indian(draw);
        }
        if (kind >= 97) {
            return draw.pattern("n#########");
        }
        return draw.chance(draw.english() ? 0.6 : 0.3) ? american(draw) : elsewhere(draw);
    }

    private static String indian(Draw draw) {
        if (draw.chance(0.15)) {
            String code = draw.pick(LANDLINES);
            String rest = draw.pattern("2#########".substring(0, 11 - code.length()));
            return draw.pick(code + "-" + rest, code + " " + rest, "(" + code + ") " + rest, "+91 " + code.substring(1) + " " + rest);
        }
        String number = draw.between(6, 9) + draw.pattern("#########");
        String half = number.substring(0, 5) + draw.pick(" ", "-") + number.substring(5);
        return draw.pick(number, number, number, "+91 " + half, "+91-" + number, "+91" + number, "0" + number, half, "91" + number);
    }

    private static String american(Draw draw) {
        String area = draw.pick(AREAS);
        String exchange = draw.between(2, 9) + draw.pattern("##");
        String line = draw.pattern("####");
        return draw.pick("(" + area + ") " + exchange + "-" + line, area + "-" + exchange + "-" + line,
                "+1 " + area + " " + exchange + " " + line, area + "." + exchange + "." + line, "+1-" + area + "-" + exchange + "-" + line,
                exchange + "-" + line);
    }

    private static String elsewhere(Draw draw) {
        return draw.pattern(draw.pick("+44 7700 ######", "020 7### ####", "+44 161 ### ####", "+971 50 ### ####", "+977 984#######",
                "+880 17##-######", "+94 77 ### ####", "+49 170 #######", "+49 30 ########", "+33 6 ## ## ## ##", "+61 4## ### ###",
                "+65 9### ####", "+81 90-####-####", "+86 138 #### ####", "+7 915 ###-##-##", "+27 82 ### ####", "+966 55 ### ####"));
    }

    static String email(Draw draw) {
        String domain = draw.chance(0.7) ? draw.pick(MAIL) : domain(draw);
        return local(draw) + "@" + domain;
    }

    private static String given(Draw draw) {
        return Names.ascii(draw, draw.pick("given-male", "given-female", "given-world"));
    }

    private static String family(Draw draw) {
        return Names.ascii(draw, draw.pick("family", "family-world"));
    }

    private static String local(Draw draw) {
        String given = given(draw);
        String family = family(draw);
        String year = Integer.toString(draw.between(1950, 2012));
        return draw.pick(given + "." + family, given + family, given + "_" + family, given.charAt(0) + "." + family,
                given.charAt(0) + family + draw.pattern("n#"), given + draw.pattern("n##"), given + year, given + "." + family + draw.pattern("n#"),
                family + "." + given, given + "-" + family, draw.pick("office", "info", "accounts", "hr", "test") + "." + family);
    }

    private static String domain(Draw draw) {
        String core = draw.word("org-core", "en").toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return core + draw.pick("", "", "-india", "group", "mail", "online") + "." + draw.pick(TOP);
    }

    static String url(Draw draw) {
        String path = draw.pick("", "", "/" + given(draw), "/profile/" + given(draw) + draw.pattern("n#"), "/users/" + draw.pattern("n####"),
                "/~" + family(draw), "/in/" + given(draw) + "-" + family(draw), "/form?id=" + draw.pattern("n#####"));
        return draw.pick("https://", "https://www.", "http://", "www.", "https://" + given(draw) + ".") + domain(draw) + path;
    }

    static String username(Draw draw) {
        String given = given(draw);
        return draw.pick(given + "_" + family(draw), given + draw.pattern("n#"), given + "." + family(draw), given + draw.pattern("n###"),
                "the_" + given, given + "_" + draw.pick("official", "writes", "codes", "07", "xo"), "mr_" + family(draw) + draw.pattern("n#"),
                given.charAt(0) + family(draw) + draw.pattern("##"), draw.pick("cool", "real", "i_am_", "its") + given + draw.pattern("n#"));
    }

    /** No braces, brackets or quotes in it, and no sign at its end that could end the sentence. */
    static String password(Draw draw) {
        String given = given(draw);
        String name = Character.toUpperCase(given.charAt(0)) + given.substring(1);
        return draw.pick(name + "@" + draw.pattern("n###"), name + "#" + draw.pattern("n#"), given + draw.pattern("n##") + "$",
                draw.pattern("a*") + draw.letter("bcdefghkmnpqrstuvwxyz") + draw.pattern("*#*a") + draw.pick("#7", "@9k", "$x2", "%Q"),
                draw.pick("sunshine", "qwerty", "letmein", "jaishriram", "welcome", "monsoon", "tiger", "password") + draw.pattern("n##"),
                draw.pattern("n#") + name + draw.pick("_x", "$$", "@home", "#in"), draw.pattern("*****-*****"));
    }

    static String ip(Draw draw) {
        if (draw.chance(0.15)) {
            StringBuilder six = new StringBuilder("2001:db8");
            for (int i = draw.between(3, 6); i > 0; i--) {
                six.append(':').append(Integer.toHexString(draw.between(1, 0xFFFF)));
            }
            return six.append(six.chars().filter(c -> c == ':').count() == 7 ? "" : "::" + draw.between(1, 99)).toString();
        }
        return draw.pick("10", "192", "172", Integer.toString(draw.between(11, 223))) + "." + draw.below(256) + "." + draw.below(256) + "."
                + draw.between(1, 254);
    }

    static String upi(Draw draw) {
        String local = draw.pick(draw.between(6, 9) + draw.pattern("#########"), given(draw) + "." + family(draw),
                given(draw) + draw.pattern("n#"), given(draw) + family(draw), given(draw) + "-" + draw.pattern("n"));
        return local + "@" + draw.pick(UPI);
    }
}
