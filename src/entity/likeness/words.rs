//! Words that weigh little in names: courtesy titles and legal forms of companies; from general knowledge.

/// Courtesy and rank before a personal name.
pub(super) const TITLES: &[&str] = &[
    "dr",
    "gen",
    "general",
    "hajji",
    "judge",
    "lord",
    "maj",
    "mr",
    "mrs",
    "ms",
    "president",
    "prince",
    "prof",
    "shaikh",
    "sheik",
    "sheikh",
    "sir",
];

/// Legal forms of companies as (spelling, common form); several words are written together.
pub(super) const LEGAL_FORMS: &[(&str, &str)] = &[
    ("ab", "ab"),
    ("ag", "ag"),
    ("aktiengesellschaft", "ag"),
    ("anonim", "as"),
    ("aps", "aps"),
    ("as", "as"),
    ("asa", "asa"),
    ("bv", "bv"),
    ("co", "co"),
    ("company", "co"),
    ("corp", "corp"),
    ("corporation", "corp"),
    ("gesellschaft", "gmbh"),
    ("gmbh", "gmbh"),
    ("holding", "holding"),
    ("holdings", "holding"),
    ("inc", "inc"),
    ("incorporated", "inc"),
    ("international", "intl"),
    ("intl", "intl"),
    ("jsc", "jsc"),
    ("kg", "kg"),
    ("limited", "ltd"),
    ("llc", "llc"),
    ("llp", "llp"),
    ("lp", "lp"),
    ("ltd", "ltd"),
    ("nv", "nv"),
    ("oao", "jsc"),
    ("ojsc", "jsc"),
    ("ooo", "llc"),
    ("oy", "oy"),
    ("oyj", "oy"),
    ("pao", "jsc"),
    ("pjsc", "jsc"),
    ("plc", "plc"),
    ("pte", "pte"),
    ("pty", "pty"),
    ("pvt", "pvt"),
    ("sa", "sa"),
    ("sarl", "sarl"),
    ("se", "se"),
    ("spa", "spa"),
    ("srl", "srl"),
    ("zao", "jsc"),
];

/// Legal forms of several words, longer ones first, replaced before single words are.
pub(super) const LONG_LEGAL_FORMS: &[(&str, &str)] = &[
    ("gesellschaft mit beschrankter haftung", "gmbh"),
    ("open joint stock company", "jsc"),
    ("public joint stock company", "jsc"),
    ("limited liability company", "llc"),
    ("public limited company", "plc"),
    ("joint stock company", "jsc"),
    ("private limited", "pvt ltd"),
    ("societe anonyme", "sa"),
    ("sociedad anonima", "sa"),
    ("sp z oo", "llc"),
];

/// The common form of a legal form.
pub(super) fn legal_form(word: &str) -> Option<&'static str> {
    LEGAL_FORMS
        .iter()
        .find(|(spelling, _)| *spelling == word)
        .map(|(_, form)| *form)
}
