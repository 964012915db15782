//! Markup that was left in the text or glued to it.

use crate::corpus::Span;
use crate::garble::flags::Flags;

/// Flags identifiers glued to a word, HTML tags and entities, and shortcodes.
pub(super) fn flag(text: &str, flags: &mut Flags) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(offset) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'_' | b'<' | b'&' | b'['))
    {
        let here = at + offset;
        let span = match bytes[here] {
            b'_' => identifier(bytes, here),
            b'<' => tag(bytes, here),
            b'&' => entity(bytes, here),
            _ => shortcode(bytes, here),
        };
        at = here + 1;
        if let Some(span) = span {
            flags.push(span, "boilerplate", 0.95);
            at = at.max(span.end);
        }
    }
}

/// `media_camera` in `media_cameraThe`: lower-case words joined by underscores that run into a capital letter.
fn identifier(bytes: &[u8], underscore: usize) -> Option<Span> {
    let part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    let start = underscore
        - bytes[..underscore]
            .iter()
            .rev()
            .take_while(|byte| part(byte))
            .count();
    let end = underscore
        + bytes[underscore..]
            .iter()
            .take_while(|byte| part(byte))
            .count();
    let clean_left = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
    let runs_on = bytes.get(end).is_some_and(u8::is_ascii_uppercase);
    let has_sides = bytes.get(start).is_some_and(u8::is_ascii_lowercase) && end > underscore + 1;
    (clean_left && runs_on && has_sides).then_some(Span::new(start, end))
}

/// `<br>`, `</p>`, `<img src="x">`, comments.
fn tag(bytes: &[u8], open: usize) -> Option<Span> {
    let first = *bytes.get(open + 1)?;
    if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'!')) {
        return None;
    }
    let body = bytes[open + 1..]
        .iter()
        .take(400)
        .take_while(|byte| !matches!(byte, b'>' | b'<' | b'\n'))
        .count();
    let close = open + 1 + body;
    (bytes.get(close) == Some(&b'>')).then_some(Span::new(open, close + 1))
}

/// `&nbsp;`, `&#8217;`.
fn entity(bytes: &[u8], ampersand: usize) -> Option<Span> {
    let rest = &bytes[ampersand + 1..];
    let hash = usize::from(rest.first() == Some(&b'#'));
    let name = rest[hash..]
        .iter()
        .take(10)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let end = ampersand + 1 + hash + name;
    (name >= 2 && bytes.get(end) == Some(&b';')).then_some(Span::new(ampersand, end + 1))
}

/// `[caption id="x"]`, `[/caption]`, `[embed]`: a lower-case name, then nothing or attributes.
fn shortcode(bytes: &[u8], open: usize) -> Option<Span> {
    const PLAIN: &[&[u8]] = &[
        b"caption", b"embed", b"gallery", b"video", b"audio", b"quote",
    ];
    let rest = &bytes[open + 1..];
    let slash = usize::from(rest.first() == Some(&b'/'));
    let body = rest
        .iter()
        .take(300)
        .take_while(|byte| !matches!(byte, b']' | b'[' | b'\n'))
        .count();
    let end = open + 1 + body;
    if bytes.get(end) != Some(&b']') {
        return None;
    }
    let name = &rest[slash..body.max(slash)];
    let word = name
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase() || **byte == b'_')
        .count();
    let attributes = name.get(word) == Some(&b' ') && name.contains(&b'=');
    (word > 0 && (attributes || PLAIN.contains(&name))).then_some(Span::new(open, end + 1))
}
