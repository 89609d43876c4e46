package io.saryu.text;

/** Kinds of personal data that {@link PersonalData} finds; the names are those of the task tags. */
public enum PersonalDataKind {
    /** An address of electronic mail. */
    EMAIL,
    /** A telephone number: with a country code, Indian, American, or after a word that says so. */
    PHONE_NUMBER,
    /** A payment card: 13 to 19 digits with Luhn's check digit. */
    CREDIT_CARD,
    /** India's identity number: 12 digits with Verhoeff's check digit. */
    AADHAAR,
    /** India's tax number: five letters, four digits, a letter. */
    PAN,
    /** The social security number of the United States, with hyphens. */
    SSN,
    /** A bank account in the international form, with its check digits. */
    IBAN,
    /** The code of a branch of an Indian bank. */
    IFSC,
    /** An address of India's Unified Payments Interface: a name, @ and a bank's handle. */
    UPI_ID,
    /** An address of the Internet protocol, version 4. */
    IP_ADDRESS;

    /** What stands for it in a text: {@code [EMAIL]}. */
    public String tag() {
        return "[" + name() + "]";
    }
}
