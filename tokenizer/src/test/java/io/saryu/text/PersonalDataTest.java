package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataTest {
    private final PersonalData data = new PersonalData();

    /** Made-up people; the numbers are those that issuers publish for tests, or have a right check digit by chance. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Write to asha.k+news@mail.example.org. Thanks | Write to [EMAIL]. Thanks",
        "<ravi@example.co.in>, (x_y@a-b.example) | <[EMAIL]>, ([EMAIL])",
        "pay asha@okhdfcbank or 9876543210@upi now | pay [UPI_ID] or [UPI_ID] now",
        "Card 4111 1111 1111 1111, or 5555555555554444; 3782-822463-10005 | Card [CREDIT_CARD], or [CREDIT_CARD]; [CREDIT_CARD]",
        "My Aadhaar is 2341 2341 2346. | My Aadhaar is [AADHAAR].",
        "आधार २३४१ २३४१ २३४६ है। | आधार [AADHAAR] है।",
        "PAN ABCPK1234L, SSN 219-09-9999. | PAN [PAN], SSN [SSN].",
        "IBAN GB82 WEST 1234 5698 7654 32 or DE89370400440532013000. | IBAN [IBAN] or [IBAN].",
        "IFSC SBIN0001234 | IFSC [IFSC]",
        "host 192.168.10.254, port 80 | host [IP_ADDRESS], port 80",
        "Call 98765 43210 or +91-98765-43210 or 09876543210. | Call [PHONE_NUMBER] or [PHONE_NUMBER] or [PHONE_NUMBER].",
        "Tel.: (212) 555-0187, 212-555-0187, +44 20 7946 0958 | Tel.: [PHONE_NUMBER], [PHONE_NUMBER], [PHONE_NUMBER]",
        "फ़ोन: ०५२२ २२३४५६७ पर | फ़ोन: [PHONE_NUMBER] पर"})
    void masks(String line, String masked) {
        assertEquals(masked, data.mask(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "In 1857 and 1947, 12,345,678 people; 3.14159265; 10 20 30 40 50.",
        "Card 4111 1111 1111 1112, id 2341 2341 2345, IBAN GB82 WEST 1234 5698 7654 33.",
        "ABCDE1234F, XABCPK1234L, SSN 000-12-3456 and 666-12-3456.",
        "version 1.2.3.4.5, 300.1.2.3, 01.02.03.04, 1.2.3",
        "see @asha, a@b, asha@home, @, x@y., foo@1.2, .@a.com",
        "ISBN 978-3-16-148410-0, 2026-11-25, 12:30, 5555, 1-2-3-4-5-6-7-8",
        "12345 67890, 1234567890, 0123-456", "वर्ष १९४७ में ५०,००० लोग", "no digits here"})
    void leavesAlone(String line) {
        assertEquals(List.of(), data.find(line), line);
        assertSame(line, data.mask(line));
    }

    @Test
    void looksOnlyForTheKindsAskedFor() {
        String line = "asha@example.org, 9876543210";
        assertEquals("asha@example.org, [PHONE_NUMBER]",
                new PersonalData(EnumSet.of(PersonalDataKind.PHONE_NUMBER)).mask(line));
        assertSame(line, new PersonalData(EnumSet.noneOf(PersonalDataKind.class)).mask(line));
    }

    @Test
    void spansAreInOrderAndWithinTheRange() {
        String[] pieces = {"4111", "1111", "98765", "43210", "+", "(", ")", "-", ".", " ", "@", "a", "example", "com", "GB82", "WEST", "ABCPK1234L",
            "२३४१", "😀", "\uD83D", "फ़ोन", "Ph"};
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            char[] line = text.toString().toCharArray();
            int from = line.length == 0 ? 0 : random.nextInt(line.length);
            int at = from;
            for (PersonalData.Span span : data.find(line, from, line.length)) {
                assertTrue(at <= span.start() && span.start() < span.end() && span.end() <= line.length, text.toString());
                at = span.end();
            }
            assertEquals(data.find(text.toString()).isEmpty(), data.mask(text.toString()).contentEquals(text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1 ", "@", "a@", "A", "A1", "GB82", "+1", "(1", "a.", "1.1.", "x@a."})
    void aHostileMegabyteEndsSoon(String piece) {
        String line = piece.repeat((1 << 20) / piece.length());
        assertTrue(data.find(line).size() <= line.length());
    }
}
