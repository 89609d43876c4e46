package io.saryu.deid;

import io.saryu.deid.data.NameLists;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Other addresses of mail, payment and the network, and names of users, in the form of those they stand for. */
final class SurrogateContacts {
    private static final Set<String> PROVIDERS = Set.of("gmail.com", "yahoo.com", "yahoo.co.in", "rediffmail.com", "outlook.com", "hotmail.com",
            "icloud.com", "protonmail.com", "live.com", "aol.com");
    private static final Pattern RUN = Pattern.compile("[\\p{L}\\p{M}]+|\\p{Nd}+");
    private static final Pattern URL = Pattern.compile("^((?:[a-z]+://)?(?:www\\.)?)([^/?#:\\s]+)(.*)$", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Set<String> SITE_WORDS = Set.of("profile", "profiles", "users", "user", "in", "form", "id", "html", "htm", "php",
            "index", "www", "http", "https", "page", "pages", "account", "people");
    private static final Pattern SECOND_LEVEL = Pattern.compile(".*\\.((?:co|ac|org|gov|nic|net|edu)\\.[a-z]{2})$", Pattern.CASE_INSENSITIVE);
    private static final Pattern IPV4 = Pattern.compile("(\\p{Nd}{1,3})\\.(\\p{Nd}{1,3})\\.(\\p{Nd}{1,3})\\.(\\p{Nd}{1,3})");

    private SurrogateContacts() {
    }

    static String of(String tag, String value, KeyedDraw draw) {
        return switch (tag) {
            case "[EMAIL]" -> address(value, true, draw);
            case "[UPI_ID]" -> address(value, false, draw);
            case "[URL]" -> url(value, draw);
            case "[USERNAME]" -> user(value, Set.of(), draw);
            case "[IP_ADDRESS]" -> ip(value, draw);
            default -> Form.fill(value, draw);
        };
    }

    private static String address(String value, boolean mail, KeyedDraw draw) {
        int at = value.lastIndexOf('@');
        if (at <= 0) {
            return user(value, Set.of(), draw);
        }
        String domain = value.substring(at + 1);
        // The handle of a bank says no more than the country; so do the great providers of mail.
        boolean kept = !mail || PROVIDERS.contains(domain.toLowerCase(Locale.ROOT));
        return user(value.substring(0, at), Set.of(), draw) + "@" + (kept ? domain : domain(domain, draw));
    }

    private static String domain(String domain, KeyedDraw draw) {
        Matcher second = SECOND_LEVEL.matcher(domain);
        String top = second.matches() ? second.group(1) : domain.substring(domain.lastIndexOf('.') + 1);
        String core = draw.pick(NameLists.entries("org-core", "en")).toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return domain.indexOf('.') < 0 ? core : core + "." + top;
    }

    /** A given name for the first run of letters, a family name for the second, letters for all others, digits for digits. */
    private static String user(String value, Set<String> kept, KeyedDraw draw) {
        Matcher run = RUN.matcher(value);
        StringBuilder out = new StringBuilder();
        int names = 0;
        while (run.find()) {
            String text = run.group();
            String made;
            if (kept.contains(text.toLowerCase(Locale.ROOT))) {
                made = text;
            } else if (Character.isDigit(text.codePointAt(0)) || text.length() < 3 || names == 2) {
                made = Form.fill(text, draw);
            } else {
                String name = ascii(names++ == 0 ? draw.below(2) == 0 ? "given-male" : "given-female" : "family", draw);
                made = Form.cased(Character.isUpperCase(text.codePointAt(0)) ? Character.toUpperCase(name.charAt(0)) + name.substring(1) : name, text);
            }
            run.appendReplacement(out, Matcher.quoteReplacement(made));
        }
        return run.appendTail(out).toString();
    }

    private static String ascii(String list, KeyedDraw draw) {
        List<String> names = NameLists.entries(list, "en").stream().map(n -> n.toLowerCase(Locale.ROOT)).filter(n -> n.matches("[a-z]{2,}")).toList();
        return draw.pick(names);
    }

    private static String url(String value, KeyedDraw draw) {
        Matcher url = URL.matcher(value);
        return url.matches() ? url.group(1) + domain(url.group(2), draw) + user(url.group(3), SITE_WORDS, draw) : user(value, SITE_WORDS, draw);
    }

    private static String ip(String value, KeyedDraw draw) {
        Matcher four = IPV4.matcher(value);
        if (!four.find()) {
            StringBuilder out = new StringBuilder();
            for (char c : value.toCharArray()) {
                boolean hex = c < 0x80 && Character.digit(c, 16) >= 0;
                out.append(hex ? Character.isUpperCase(c) ? draw.letter("0123456789ABCDEF") : draw.letter("0123456789abcdef") : c);
            }
            return out.toString();
        }
        // Networks that no one outside sees stay such.
        boolean home = four.group(1).equals("10") || four.group(1).equals("192") && four.group(2).equals("168");
        String made = (home ? four.group(1) : Integer.toString(draw.between(11, 126))) + "." + (home && four.group(1).equals("192") ? "168"
                : Integer.toString(draw.below(256))) + "." + draw.below(256) + "." + draw.between(1, 254);
        return value.substring(0, four.start()) + made + value.substring(four.end());
    }
}
