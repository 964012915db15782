//! Why C4 drops lines and documents, and the phrases that make it do so.

/// Why a line or document is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A word is too long.
    LongWord,
    /// The line does not end in an end mark.
    NoEndMark,
    /// Too few words.
    FewWords,
    /// The line speaks of JavaScript.
    JavaScript,
    /// The line speaks of cookies or terms of use.
    Policy,
    /// Place-holder text (whole document).
    LoremIpsum,
    /// A curly bracket (whole document).
    CurlyBracket,
    /// Too few sentences are left (whole document).
    FewSentences,
    /// Too many lines without end mark (whole document).
    FewEndMarks,
}

impl Cause {
    /// True when it drops the whole document.
    pub const fn is_document(self) -> bool {
        matches!(
            self,
            Self::LoremIpsum | Self::CurlyBracket | Self::FewSentences | Self::FewEndMarks
        )
    }
}

/// Cue phrases with what they cause.
pub(super) const CUES: &[(&str, Cause)] = &[
    ("javascript", Cause::JavaScript),
    ("lorem ipsum", Cause::LoremIpsum),
    ("{", Cause::CurlyBracket),
    ("terms of use", Cause::Policy),
    ("privacy policy", Cause::Policy),
    ("cookie policy", Cause::Policy),
    ("uses cookies", Cause::Policy),
    ("use of cookies", Cause::Policy),
    ("use cookies", Cause::Policy),
];

/// Which of several cues of a line decides: the lowest.
pub(super) const fn rank(cause: Cause) -> u8 {
    match cause {
        Cause::LoremIpsum => 0,
        Cause::JavaScript => 1,
        Cause::CurlyBracket => 2,
        _ => 3,
    }
}
