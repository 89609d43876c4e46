package io.saryu.deid.data;

import io.saryu.tokenizer.TaskTags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A place in a template that is filled.
 *
 * @param name   as it stands between braces
 * @param tag    of {@link TaskTags}; null for what is no personal data
 * @param origin how values of validation are kept apart from those of training
 * @param digits whether its digits may be Devanagari ones in a text of that script
 * @param maker  draws a value
 */
record Slot(String name, String tag, Origin origin, boolean digits, Function<Draw, String> maker) {
    /** Where values come from. */
    enum Origin {
        /** From lists, whose entries the two sides divide. */
        LISTED,
        /** By chance, the hash of the value says to which side it belongs. */
        DRAWN,
        /** From a class so small that both sides share it. */
        CLOSED
    }

    private static final Map<String, Slot> ALL = all();

    Slot {
        if (tag != null && !TaskTags.all().contains(tag)) {
            throw new IllegalStateException("the slot {" + name + "} has the tag " + tag + ", which task-tags.txt lacks");
        }
    }

    /** The slot of a name, or null. */
    static Slot of(String name) {
        return ALL.get(name);
    }

    private static Map<String, Slot> all() {
        Map<String, Slot> slots = new HashMap<>();
        people(slots);
        identifiers(slots);
        plain(slots);
        return Map.copyOf(slots);
    }

    private static void people(Map<String, Slot> slots) {
        listed(slots, "name", "[NAME]", Names::any);
        listed(slots, "first", "[NAME]", Names::first);
        listed(slots, "man", "[NAME]", draw -> Names.full(draw, true));
        listed(slots, "woman", "[NAME]", draw -> Names.full(draw, false));
        put(slots, new Slot("nationality", "[NATIONALITY]", Origin.CLOSED, false, draw -> draw.sharedWord("nationality")));
        listed(slots, "city", "[LOCATION]", Places::city);
        put(slots, new Slot("address", "[ADDRESS]", Origin.LISTED, true, Places::address));
        listed(slots, "hospital", "[ORGANIZATION]", draw -> Places.organization(draw, "hospital"));
        listed(slots, "school", "[ORGANIZATION]", draw -> Places.organization(draw, "school"));
        listed(slots, "bank", "[ORGANIZATION]", draw -> Places.organization(draw, "bank"));
        listed(slots, "company", "[ORGANIZATION]", draw -> Places.organization(draw, "company"));
        put(slots, new Slot("title", "[TITLE]", Origin.CLOSED, false, draw -> draw.sharedWord("title")));
        drawn(slots, "email", "[EMAIL]", false, Contacts::email);
        drawn(slots, "url", "[URL]", false, Contacts::url);
        drawn(slots, "username", "[USERNAME]", false, Contacts::username);
        drawn(slots, "password", "[PASSWORD]", false, Contacts::password);
        drawn(slots, "ip", "[IP_ADDRESS]", false, Contacts::ip);
        drawn(slots, "upi", "[UPI_ID]", false, Contacts::upi);
        drawn(slots, "phone", "[PHONE_NUMBER]", true, Contacts::phone);
    }

    private static void identifiers(Map<String, Slot> slots) {
        drawn(slots, "date", "[DATE]", true, Dates::recent);
        drawn(slots, "dob", "[DATE]", true, Dates::birth);
        drawn(slots, "time", "[TIME]", true, Dates::time);
        drawn(slots, "age", "[AGE]", true, draw -> Integer.toString(draw.between(1, 104)));
        drawn(slots, "aadhaar", "[AADHAAR]", true, Numbers::aadhaar);
        drawn(slots, "pan", "[PAN]", false, Numbers::pan);
        drawn(slots, "card", "[CREDIT_CARD]", true, Numbers::card);
        drawn(slots, "account", "[BANK_ACCOUNT]", true, Numbers::account);
        drawn(slots, "ifsc", "[IFSC]", false, Numbers::ifsc);
        drawn(slots, "iban", "[IBAN]", false, Numbers::iban);
        drawn(slots, "routing", "[ROUTING_NUMBER]", true, Numbers::routing);
        drawn(slots, "tax", "[TAX_ID]", false, Numbers::tax);
        drawn(slots, "gstin", "[TAX_ID]", false, Numbers::gstin);
        drawn(slots, "ein", "[TAX_ID]", false, Numbers::ein);
        drawn(slots, "tan", "[TAX_ID]", false, Numbers::tan);
        drawn(slots, "ssn", "[SSN]", true, Numbers::ssn);
        drawn(slots, "passport", "[PASSPORT]", false, Numbers::passport);
        drawn(slots, "voter", "[VOTER_ID]", false, Numbers::voter);
        drawn(slots, "vehicle", "[VEHICLE_NUMBER]", false, Numbers::vehicle);
        drawn(slots, "dl", "[DRIVER_LICENSE]", false, Numbers::license);
        drawn(slots, "hpn", "[HEALTH_PLAN_NUMBER]", false, Numbers::healthPlan);
        drawn(slots, "mrn", "[MEDICAL_RECORD_NUMBER]", false, Numbers::medicalRecord);
        drawn(slots, "imei", "[ID_NUMBER]", true, Numbers::imei);
        drawn(slots, "vin", "[ID_NUMBER]", false, Numbers::vin);
        drawn(slots, "serial", "[ID_NUMBER]", false, Numbers::serial);
        drawn(slots, "id", "[ID_NUMBER]", true, Numbers::id);
        drawn(slots, "pin", "[ZIP_CODE]", true, Numbers::zip);
    }

    private static void plain(Map<String, Slot> slots) {
        plain(slots, "price", Plain::price);
        plain(slots, "qty", Plain::quantity);
        plain(slots, "num", Plain::number);
        plain(slots, "year", Plain::year);
        plain(slots, "percent", Plain::percent);
        plain(slots, "bignum", Plain::large);
        plain(slots, "section", Plain::section);
        plain(slots, "score", Plain::score);
        plain(slots, "temp", Plain::temperature);
        for (String list : List.of("deity", "river", "festival", "place")) {
            plain(slots, list, draw -> draw.sharedWord(list));
        }
    }

    private static void listed(Map<String, Slot> slots, String name, String tag, Function<Draw, String> maker) {
        put(slots, new Slot(name, tag, Origin.LISTED, false, maker));
    }

    private static void drawn(Map<String, Slot> slots, String name, String tag, boolean digits, Function<Draw, String> maker) {
        put(slots, new Slot(name, tag, Origin.DRAWN, digits, maker));
    }

    private static void plain(Map<String, Slot> slots, String name, Function<Draw, String> maker) {
        put(slots, new Slot(name, null, Origin.CLOSED, true, maker));
    }

    private static void put(Map<String, Slot> slots, Slot slot) {
        slots.put(slot.name(), slot);
    }
}
