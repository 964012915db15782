//! Offsets in the three units that tools count in, converted explicitly: bytes (karat, Rust, Go), Unicode scalars (Python, brat,
//! spaCy, Doccano) and UTF-16 code units (JavaScript, Java: Label Studio, WebAnno).

use std::str::FromStr;

/// What an offset counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetUnit {
    /// UTF-8 bytes.
    Byte,
    /// Unicode scalar values.
    Scalar,
    /// UTF-16 code units.
    Utf16,
}

impl OffsetUnit {
    /// The word of the plug-in protocol and of the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Byte => "byte",
            Self::Scalar => "scalar",
            Self::Utf16 => "utf16",
        }
    }

    const fn width(self, c: char) -> usize {
        match self {
            Self::Byte => c.len_utf8(),
            Self::Scalar => 1,
            Self::Utf16 => c.len_utf16(),
        }
    }
}

impl FromStr for OffsetUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Byte, Self::Scalar, Self::Utf16]
            .into_iter()
            .find(|unit| unit.name() == text)
            .ok_or_else(|| format!("unknown offset unit `{text}`; known: byte, scalar, utf16"))
    }
}

/// The character boundaries of one text in bytes and in another unit.
#[derive(Debug, Clone)]
pub struct Offsets {
    bytes: Vec<usize>,
    units: Vec<usize>,
}

impl Offsets {
    /// Every character boundary of `text`, the end included.
    pub fn new(text: &str, unit: OffsetUnit) -> Self {
        let mut offsets = Self {
            bytes: vec![0],
            units: vec![0],
        };
        let (mut byte, mut count) = (0, 0);
        for c in text.chars() {
            byte += c.len_utf8();
            count += unit.width(c);
            offsets.bytes.push(byte);
            offsets.units.push(count);
        }
        offsets
    }

    /// The byte at which `offset` units end; `None` outside the text and inside a character.
    pub fn to_byte(&self, offset: usize) -> Option<usize> {
        let at = self.units.binary_search(&offset).ok()?;
        self.bytes.get(at).copied()
    }

    /// How many units stand before a byte; `None` outside the text and inside a character.
    pub fn from_byte(&self, byte: usize) -> Option<usize> {
        let at = self.bytes.binary_search(&byte).ok()?;
        self.units.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_worked_by_hand() {
        // `é` is 2 bytes and 1 UTF-16 unit, `😀` 4 bytes and 2 UTF-16 units.
        let text = "aé😀b";
        let utf16 = Offsets::new(text, OffsetUnit::Utf16);
        assert_eq!(
            [0, 1, 2, 4, 5].map(|offset| utf16.to_byte(offset)),
            [0, 1, 3, 7, 8].map(Some)
        );
        assert_eq!([utf16.to_byte(3), utf16.to_byte(6)], [None, None]);
        let scalar = Offsets::new(text, OffsetUnit::Scalar);
        assert_eq!([scalar.from_byte(7), scalar.from_byte(4)], [Some(3), None]);
        assert_eq!(Offsets::new(text, OffsetUnit::Byte).to_byte(7), Some(7));
    }

    proptest::proptest! {
        #[test]
        fn there_and_back(text in "[aé–😀\n]{0,30}") {
            for unit in [OffsetUnit::Byte, OffsetUnit::Scalar, OffsetUnit::Utf16] {
                let offsets = Offsets::new(&text, unit);
                for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    let before = &text[..byte];
                    let naive = match unit {
                        OffsetUnit::Byte => before.len(),
                        OffsetUnit::Scalar => before.chars().count(),
                        OffsetUnit::Utf16 => before.encode_utf16().count(),
                    };
                    proptest::prop_assert_eq!(offsets.from_byte(byte), Some(naive));
                    proptest::prop_assert_eq!(offsets.to_byte(naive), Some(byte));
                }
            }
        }
    }
}
