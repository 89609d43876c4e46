package io.saryu.deid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.deid.data.DeidDataset;
import io.saryu.text.Checksums;
import io.saryu.text.ProgressListener;
import io.saryu.tokenizer.TaskTags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invented values in the place of others. */
class SurrogatesTest {
    private static final SurrogateKey KEY = key("a key of sixteen bytes");
    private static final int TEXTS = 3000;

    @TempDir
    Path folder;

    private static SurrogateKey key(String text) {
        return new SurrogateKey(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String made(String value, String tag) {
        return new Surrogates(KEY).of(value, tag);
    }

    @Test
    void theInputComesBackWhateverWasReplaced() {
        Random random = new Random(5);
        Replacer replacer = new Replacer(ReplacementStyle.SURROGATE, KEY);
        int replaced = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = HostileText.next(random, 10);
            List<Span> spans = new ArrayList<>();
            for (int at = random.nextInt(5); at < text.length(); at += random.nextInt(12)) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(20));
                if (!text.substring(at, end).isBlank()) {
                    spans.add(new Span(at, end, TaskTags.all().get(random.nextInt(TaskTags.all().size())), 1, Span.Source.MODEL));
                }
                at = end;
            }
            Redaction redaction = replacer.redact(text, spans);
            List<String> originals = spans.stream().map(s -> text.substring(s.start(), s.end())).toList();
            assertEquals(text, Redaction.undo(redaction.text(), redaction.places(), originals));
            for (int k = 0; k < spans.size(); k++) {
                String surrogate = redaction.replacements().get(k).text();
                assertNotEquals(originals.get(k), surrogate, spans.get(k).tag());
                assertFalse(surrogate.isBlank());
                Redaction.Place place = redaction.places().get(k);
                assertEquals(surrogate, redaction.text().substring(place.start(), place.end()));
            }
            replaced += spans.size();
        }
        assertTrue(replaced > TEXTS, "only " + replaced + " stretches were replaced: the test looks at nothing");
    }

    @Test
    void equalValuesAndKeysHaveEqualSurrogatesInAllTexts() {
        assertEquals(made("Sita  VERMA", "[NAME]").toLowerCase(), made("sita verma", "[NAME]").replace(" ", "  ").toLowerCase());
        assertEquals(Form.digits(made("9876543210", "[PHONE_NUMBER]")), Form.digits(made("98765-43210", "[PHONE_NUMBER]")));
        assertEquals("91" + Form.digits(made("9876543210", "[PHONE_NUMBER]")), Form.digits(made("+91 98765 43210", "[PHONE_NUMBER]")));
        assertEquals(Form.digits(made("2345 6789 0124", "[AADHAAR]")), Form.digits(made("२३४५६७८९०१२४", "[AADHAAR]")));
        assertNotEquals(made("Sita Verma", "[NAME]"), new Surrogates(key("another key of bytes")).of("Sita Verma", "[NAME]"));
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            names.add(new Surrogates(key("a key of sixteen bytes " + i)).of("Sita Verma", "[NAME]"));
        }
        assertTrue(names.size() > 150, "only " + names.size() + " different names of 200 keys");
    }

    @Test
    void formsScriptsAndCheckDigitsStay() {
        for (String[] c : new String[][] {
                {"[AADHAAR]", "2345 6789 0124", "[2-9]\\d{3} \\d{4} \\d{4}"}, {"[AADHAAR]", "२३४५-६७८९-०१२४", "[२-९][०-९]{3}-[०-९]{4}-[०-९]{4}"},
                {"[CREDIT_CARD]", "4111 1111 1111 1111", "4\\d{3} \\d{4} \\d{4} \\d{4}"}, {"[CREDIT_CARD]", "371449635398431", "37\\d{13}"},
                {"[PHONE_NUMBER]", "+91 98765 43210", "\\+91 [6-9]\\d{4} \\d{5}"}, {"[PHONE_NUMBER]", "(212) 555-1234", "\\([2-5]\\d\\d\\) [2-9]\\d\\d-\\d{4}"},
                {"[PHONE_NUMBER]", "९८७६५४३२१०", "[६-९][०-९]{9}"}, {"[PHONE_NUMBER]", "+971 50 123 4567", "\\+971 \\d\\d \\d{3} \\d{4}"},
                {"[PAN]", "ABCPE1234F", "[A-Z]{3}P[A-Z]\\d{4}[A-Z]"}, {"[IFSC]", "sbin0001234", "[a-z]{4}0\\d{6}"},
                {"[SSN]", "123-45-6789", "\\d{3}-\\d{2}-\\d{4}"}, {"[VEHICLE_NUMBER]", "UP32 AB 1234", "[A-Z]{2}\\d{2} [A-Z]{2} \\d{4}"},
                {"[ZIP_CODE]", "226001", "[1-9]\\d{5}"}, {"[HEALTH_PLAN_NUMBER]", "HPN-ABC-123", "HPN-[A-Z]{3}-\\d{3}"},
                {"[NAME]", "JOHN SMITH", "[A-Z' -]+ [A-Z' -]+"}, {"[NAME]", "राम कुमार वर्मा", "[\\p{IsDevanagari} ]+"}, {"[NAME]", "A. K. Sharma", "[A-Z]\\. [A-Z]\\. \\p{L}+.*"},
                {"[NAME]", "Dr. Mary Jones's", "Dr\\. \\p{L}+.* \\p{L}.*'s"}, {"[LOCATION]", "लखनऊ", "[\\p{IsDevanagari} ]+"},
                {"[ORGANIZATION]", "Sunrise Hospital", ".+ Hospital"}, {"[ADDRESS]", "H.No. 12/4, MG Road", "H\\.No\\. [1-9]\\d/\\d, .+"},
                {"[EMAIL]", "mary.jones82@gmail.com", "[a-z]+\\.[a-z]+\\d\\d@gmail\\.com"}, {"[EMAIL]", "info@acme.co.in", "[a-z]+@[a-z]+\\.co\\.in"},
                {"[UPI_ID]", "9876543210@ybl", "\\d{10}@ybl"}, {"[URL]", "https://www.acme.org/profile/mary7", "https://www\\.[a-z]+\\.org/profile/[a-z]+\\d"},
                {"[IP_ADDRESS]", "192.168.1.20", "192\\.168\\.\\d+\\.\\d+"}, {"[IP_ADDRESS]", "2001:db8::1", "[0-9a-f]{4}:[0-9a-f]{3}::[0-9a-f]"},
                {"[AGE]", "45", "\\d\\d"}, {"[TIME]", "9:05 pm", "[1-9]:[0-5]\\d pm"}, {"[TIME]", "१४:३०", "[१-२][०-९]:[०-५][०-९]"},
                {"[PASSWORD]", "Tiger#77", "[A-Z][a-z]{4}#\\d\\d"}, {"[NAME]", "Иван", "\\p{IsCyrillic}{4}"}}) {
            String surrogate = made(c[1], c[0]);
            assertTrue(Pattern.matches(c[2], surrogate), c[0] + " " + c[1] + " became " + surrogate);
        }
        for (int i = 0; i < 50; i++) {
            Surrogates s = new Surrogates(key("key number with bytes " + i));
            assertTrue(Checksums.verhoeff(Form.digits(s.of("2345 6789 0124", "[AADHAAR]"))));
            assertTrue(Checksums.luhn(Form.digits(s.of("4111-1111-1111-1111", "[CREDIT_CARD]"))));
            assertTrue(Checksums.iban(s.of("GB82 WEST 1234 5698 7654 32", "[IBAN]").replace(" ", "")));
            assertTrue(Checksums.gstin(s.of("27AAPFU0939F1ZV", "[TAX_ID]")));
            assertTrue(Checksums.routingNumber(s.of("021000021", "[ROUTING_NUMBER]")));
            assertTrue(Checksums.luhn(s.of("490154203237518", "[ID_NUMBER]")));
        }
    }

    @Test
    void datesMoveTogetherInEveryForm() {
        for (int i = 0; i < 60; i++) {
            SurrogateKey key = key("key number with bytes " + i);
            int shift = new SurrogateDates(key).shift();
            Surrogates s = new Surrogates(key);
            LocalDate day = LocalDate.of(2019, 3, 12);
            LocalDate moved = LocalDate.parse(s.of("2019-03-12", "[DATE]"));
            assertEquals(shift, ChronoUnit.DAYS.between(day, moved));
            assertTrue(Math.abs(shift) > 30 && Math.abs(shift) < 335);
            String two = String.format("%02d/%02d/%d", moved.getDayOfMonth(), moved.getMonthValue(), moved.getYear());
            assertEquals(two, s.of("12/03/2019", "[DATE]"));
            assertEquals(String.format("%d.%d.%02d", moved.getDayOfMonth(), moved.getMonthValue(), moved.getYear() % 100), s.of("12.3.19", "[DATE]"));
            LocalDate ides = LocalDate.of(2019, 3, 31).plusDays(shift);
            assertEquals(String.format("%02d/%02d/%d", ides.getMonthValue(), ides.getDayOfMonth(), ides.getYear()), s.of("03/31/2019", "[DATE]"));
            StringBuilder devanagari = new StringBuilder();
            two.chars().forEach(c -> devanagari.append((char) (c == '/' ? c : c - '0' + '०')));
            assertEquals(devanagari.toString(), s.of("१२/०३/२०१९", "[DATE]"));
            String month = moved.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            assertEquals(moved.getDayOfMonth() + " " + month + " " + moved.getYear(), s.of("12 March 2019", "[DATE]"));
            assertEquals(month.toUpperCase() + " " + moved.getDayOfMonth() + ", " + moved.getYear(), s.of("MARCH 12, 2019", "[DATE]"));
            String weekday = moved.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            assertTrue(s.of("Tuesday, 12 March 2019", "[DATE]").startsWith(weekday + ", "));
            assertTrue(Pattern.matches("\\d+ [\\p{IsDevanagari}]+ \\d{4}", s.of("5 फ़रवरी 2020", "[DATE]")));
            assertNotEquals("Monday", s.of("Monday", "[DATE]"));
            assertTrue(Pattern.matches("\\d\\d/\\d\\d/\\d{4}", s.of("45/45/2019", "[DATE]")), "what is no date keeps its form");
        }
        assertTrue(Pattern.matches("\\d+(st|nd|rd|th) of \\p{L}+ \\d{4}", made("2nd of May 1988", "[DATE]")));
    }

    @Test
    void whatTheDataHasIsReplacedByItsLike() throws IOException {
        DeidDataset.write(folder.resolve("data"), new DeidDataset.Options(600, 0.1, List.of("en", "hi", "awa"), 9), ProgressListener.NONE);
        for (String language : List.of("en", "hi", "awa")) {
            Surrogates surrogates = new Surrogates(KEY);
            int spans = 0;
            for (MarkedText row : MarkedText.read(folder.resolve("data").resolve(language + ".train.jsonl"), Map.of())) {
                for (MarkedText.Mark mark : row.spans()) {
                    String value = row.text().substring(mark.start(), mark.end());
                    String surrogate = surrogates.of(value, mark.tag());
                    String what = mark.tag() + " " + value + " became " + surrogate;
                    assertNotEquals(Surrogates.normal(value, mark.tag()), Surrogates.normal(surrogate, mark.tag()), what);
                    assertFalse(surrogate.startsWith("["), what);
                    assertEquals(isDevanagari(value), isDevanagari(surrogate), what);
                    assertEquals(surrogate, new Surrogates(KEY).of(value, mark.tag()), what);
                    spans++;
                }
            }
            assertTrue(spans > 300, language + " has only " + spans);
        }
    }

    private static boolean isDevanagari(String text) {
        return text.codePoints().anyMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.DEVANAGARI);
    }

    @Test
    void badKeysAreOneSentence() throws IOException {
        Path file = folder.resolve("key");
        assertTrue(message(file).contains("there is no key file " + file + "; make one with: openssl rand -hex 32"), message(file));
        Files.writeString(file, " \n");
        assertTrue(message(file).contains("is empty"), message(file));
        Files.writeString(file, "short\n");
        assertTrue(message(file).contains("holds 5 bytes, and a key needs 16 at least"), message(file));
        assertTrue(message(folder).contains("is not a file, and no key"), message(folder));
        Files.writeString(file, "a key of sixteen bytes\r\n");
        assertEquals(made("Ram", "[NAME]"), new Surrogates(SurrogateKey.read(file)).of("Ram", "[NAME]"), "line ends are no part of the key");
        assertThrows(IllegalArgumentException.class, () -> new SurrogateKey(new byte[15]));
        assertThrows(IllegalArgumentException.class, () -> new Replacer(ReplacementStyle.SURROGATE));
    }

    private static String message(Path file) {
        return assertThrows(IOException.class, () -> SurrogateKey.read(file)).getMessage();
    }
}
