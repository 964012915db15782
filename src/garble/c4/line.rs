//! What the rules ask of a single line.

use crate::corpus::Span;
use crate::text::line::python_space;

/// Where the trimmed `line` stands, given the line it was cut from.
pub(super) fn trimmed(text: &str, full: Span, line: &str) -> Span {
    let piece = &text[full.start..full.end];
    let lead = piece.len() - piece.trim_start_matches(python_space).len();
    let start = if line.is_empty() {
        full.end
    } else {
        full.start + lead
    };
    Span::new(start, start + line.len())
}

/// True when a word has more characters than `longest`.
pub(super) fn has_long_word(line: &str, longest: usize) -> bool {
    line.len() > longest
        && line
            .split(python_space)
            .any(|word| word.len() > longest && word.chars().count() > longest)
}

/// The line without `[12]`, `[]`, `[edit]` and `[citation needed]`; `None` when it has none of them.
pub(super) fn without_citations(line: &str) -> Option<String> {
    let mut rest = line;
    let mut cleaned = String::new();
    let mut changed = false;
    while let Some(open) = rest.find('[') {
        let inside = &rest[open + 1..];
        let digits = inside.trim_start_matches(char::is_numeric);
        let after = ["]", "edit]", "citation needed]"]
            .iter()
            .zip([digits, inside, inside])
            .find_map(|(mark, from)| from.strip_prefix(mark));
        cleaned.push_str(&rest[..open]);
        match after {
            Some(after) => {
                changed = true;
                rest = after;
            }
            None => {
                cleaned.push('[');
                rest = inside;
            }
        }
    }
    cleaned.push_str(rest);
    changed.then_some(cleaned)
}

/// Runs of `.`, `?` and `!` (with closing marks) before white space or the end; what is left over counts as one more.
pub(super) fn count_sentences(line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut count, mut at, mut last) = (0, 0, 0);
    while let Some(offset) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'.' | b'?' | b'!'))
    {
        let rest = &line[at + offset..];
        let rest = rest.trim_start_matches(['.', '?', '!']);
        let after = rest.trim_start_matches(['"', '\'', '\u{201d}', '\u{2019}', ')', ']']);
        at = line.len() - after.len();
        if after.is_empty() || after.starts_with(python_space) {
            count += 1;
            last = at;
        }
    }
    count + usize::from(!line[last..].trim_matches(python_space).is_empty())
}

/// True when white space or the ends of the line stand around a passage.
pub(super) fn stands_alone(text: &str, line: Span, at: Span) -> bool {
    text[line.start..at.start]
        .chars()
        .next_back()
        .is_none_or(python_space)
        && text[at.end..line.end]
            .chars()
            .next()
            .is_none_or(python_space)
}
