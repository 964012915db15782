//! Where a quoted text stands in an article: by line, occurrence, and perhaps abridged.

use crate::corpus::Span;

/// Stands for the middle of an abridged text.
const ABRIDGED: &str = " [...] ";

/// The bytes of a line, from 1, without its line feed.
pub(crate) fn line_span(text: &str, line: usize) -> Option<Span> {
    let mut start = 0;
    for (index, content) in text.split('\n').enumerate() {
        if index + 1 == line {
            return Some(Span::new(start, start + content.len()));
        }
        start += content.len() + 1;
    }
    None
}

/// Where a quote (perhaps abridged) stands on a line.
pub(crate) fn find(
    text: &str,
    line: usize,
    quote: &str,
    occurrence: usize,
) -> Result<Span, String> {
    let whole = line_span(text, line).ok_or_else(|| format!("there is no line {line}"))?;
    let content = whole.text(text).unwrap_or_default();
    let mut parts = quote.split(ABRIDGED);
    let head = parts
        .next()
        .filter(|head| !head.is_empty())
        .ok_or("empty text")?;
    // Occurrences may overlap, as `aa` in `aaa`.
    let start = content
        .char_indices()
        .map(|(at, _)| at)
        .filter(|&at| content[at..].starts_with(head))
        .nth(occurrence - 1)
        .ok_or_else(|| format!("not on line {line} (occurrence {occurrence})"))?;
    let mut end = start + head.len();
    for part in parts {
        let at = content[end..]
            .find(part)
            .ok_or_else(|| format!("the part after [...] is not on line {line}"))?;
        end += at + part.len();
    }
    Ok(Span::new(whole.start + start, whole.start + end))
}

/// A remedy that names the lines on which a quote stands.
pub(crate) fn elsewhere(text: &str, quote: &str) -> String {
    let lines: Vec<String> = (1..=text.split('\n').count())
        .filter(|&line| find(text, line, quote, 1).is_ok())
        .take(5)
        .map(|line| line.to_string())
        .collect();
    if lines.is_empty() {
        "quote the article byte for byte, curly quotes and dashes too".to_owned()
    } else {
        format!("it stands on line {}", lines.join(", "))
    }
}
