//! What a dataset holds, and what figures on so much support can show.

use std::collections::BTreeMap;

use crate::gold::layer;
use crate::label::Gold;
use crate::stats::interval::wilson;

/// One count.
#[derive(Debug, Clone, PartialEq)]
pub struct Count {
    /// Layer (file stem); `corpus` for documents, bytes and stories.
    pub layer: &'static str,
    /// `all`, or `name=value`.
    pub slice: String,
    /// Number of labels.
    pub count: u64,
    /// How many of them are doubtful.
    pub doubtful: u64,
}

impl Count {
    /// Half-widths of the 95 % Wilson interval of a share of 0.5 and of 0.9 measured on so many labels (doubtful ones left out);
    /// `None` without labels. Labels of one story depend on each other, so the truth is wider.
    pub fn half_widths(&self) -> Option<[f64; 2]> {
        Some([
            half_width(self.count - self.doubtful, 0.5)?,
            half_width(self.count - self.doubtful, 0.9)?,
        ])
    }
}

/// Half the width of the 95 % Wilson interval of a share measured on `support` items.
pub fn half_width(support: u64, share: f64) -> Option<f64> {
    let n = support as f64;
    let (low, high) = wilson(share * n, n, 0.95)?;
    Some((high - low) / 2.0)
}

/// Counts by layer and slice, in a fixed order.
pub fn counts(gold: &Gold) -> Vec<Count> {
    let mut counter = Counter::default();
    let corpus = &gold.corpus;
    let stories: std::collections::BTreeSet<&String> = gold.stories.iter().collect();
    for (slice, count) in [
        ("documents", corpus.len()),
        ("bytes", corpus.bytes()),
        ("stories", stories.len()),
    ] {
        counter.rows.push(Count {
            layer: "corpus",
            slice: slice.to_owned(),
            count: count as u64,
            doubtful: 0,
        });
    }
    let id = |document: usize| gold.document_id(document).to_owned();
    if let Some(labels) = &gold.segments {
        let slices = labels.iter().map(|label| {
            let slices = [
                ("zone", label.zone.clone()),
                ("document", id(label.document)),
            ];
            (slices.to_vec(), false)
        });
        counter.add(layer::SEGMENTS.name, slices);
    }
    if let Some(labels) = &gold.document_pairs {
        let slices = labels.iter().map(|label| {
            let relation = crate::gold::write::relation(label.relation).to_owned();
            let redundant = crate::gold::write::redundant(label.redundant).to_owned();
            (
                vec![("relation", relation), ("redundant", redundant)],
                false,
            )
        });
        counter.add(layer::DOCUMENT_PAIRS.name, slices);
    }
    let groups = [
        (layer::COPY_GROUPS.name, &gold.copy_groups),
        (layer::BOILERPLATE_GROUPS.name, &gold.boilerplate_groups),
    ];
    for (name, members) in groups {
        let Some(members) = members else {
            continue;
        };
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for member in members {
            *sizes.entry(&member.group).or_default() += 1;
        }
        let slices = members.iter().map(|member| {
            let size = sizes
                .get(member.group.as_str())
                .copied()
                .unwrap_or_default();
            let document = gold
                .segments
                .as_deref()
                .and_then(|segments| segments.get(member.segment))
                .map_or_else(String::new, |segment| id(segment.document));
            let slices = vec![("group size", size.to_string()), ("document", document)];
            (slices, member.doubtful)
        });
        counter.add(name, slices);
        counter.rows.push(Count {
            layer: name,
            slice: "groups".to_owned(),
            count: sizes.len() as u64,
            doubtful: 0,
        });
    }
    if let Some(labels) = &gold.same_fact {
        counter.add(
            layer::SAME_FACT.name,
            labels.iter().map(|_| (Vec::new(), false)),
        );
    }
    if let Some(labels) = &gold.mentions {
        let slices = labels.iter().map(|label| {
            let flag = |name: &'static str, set: bool| set.then(|| (name, "true".to_owned()));
            let nesting = match label.nesting {
                crate::label::Nesting::Outer => "outer",
                crate::label::Nesting::Inner => "inner",
            };
            let mut slices = vec![
                ("type", label.entity_type.clone()),
                ("zone", label.zone.clone()),
                ("document", id(label.document)),
                ("nesting", nesting.to_owned()),
            ];
            slices.extend(flag("garbled", label.garbled));
            slices.extend(flag("lowercase", label.lowercase));
            slices.extend(flag("metonymic", label.metonymic));
            (slices, label.doubtful)
        });
        counter.add(layer::MENTIONS.name, slices);
    }
    if let Some(labels) = &gold.entities {
        let slices = labels
            .iter()
            .map(|label| (vec![("type", label.entity_type.clone())], false));
        counter.add(layer::ENTITIES.name, slices);
    }
    if let Some(labels) = &gold.garbles {
        let slices = labels.iter().map(|label| {
            let zone = gold
                .segment_at(label.document, label.span)
                .and_then(|at| Some(gold.segments.as_deref()?.get(at)?.zone.clone()))
                .unwrap_or_default();
            let mut slices = vec![
                ("category", label.category.clone()),
                ("severity", label.severity.clone()),
                ("zone", zone),
                ("document", id(label.document)),
            ];
            if !label.subtype.is_empty() {
                slices.push(("subtype", format!("{}/{}", label.category, label.subtype)));
            }
            (slices, label.doubtful)
        });
        counter.add(layer::GARBLES.name, slices);
    }
    if let Some(labels) = &gold.mention_pairs {
        let slices = labels
            .iter()
            .map(|label| (vec![("same", label.same.to_string())], false));
        counter.add(layer::MENTION_PAIRS.name, slices);
    }
    if let Some(labels) = &gold.preferences {
        let slices = labels
            .iter()
            .map(|label| (vec![("category", label.category.clone())], false));
        counter.add(layer::PREFERENCES.name, slices);
    }
    counter.rows
}

#[derive(Default)]
struct Counter {
    rows: Vec<Count>,
}

impl Counter {
    /// Counts labels given as their slices and whether they are doubtful. Empty values are no slice.
    fn add(
        &mut self,
        layer: &'static str,
        labels: impl Iterator<Item = (Vec<(&'static str, String)>, bool)>,
    ) {
        let mut all = (0, 0);
        let mut slices: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (names, doubtful) in labels {
            all.0 += 1;
            all.1 += u64::from(doubtful);
            for (name, value) in names.into_iter().filter(|(_, value)| !value.is_empty()) {
                let slot = slices.entry(format!("{name}={value}")).or_default();
                slot.0 += 1;
                slot.1 += u64::from(doubtful);
            }
        }
        let rows = std::iter::once(("all".to_owned(), all)).chain(slices);
        self.rows
            .extend(rows.map(|(slice, (count, doubtful))| Count {
                layer,
                slice,
                count,
                doubtful,
            }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_widths_by_hand() {
        // n = 100, p = 0.5: 1.96 / (1 + 0.0384) * sqrt(0.0025 + 0.0000960) = 0.0962.
        let half = half_width(100, 0.5).unwrap();
        assert!((half - 0.0962).abs() < 1e-4, "{half}");
        assert_eq!(half_width(0, 0.5), None);
        assert!(half_width(400, 0.9).unwrap() < half_width(100, 0.9).unwrap());
    }

    #[test]
    fn slices_add_up_to_all() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("gold/embassy");
        let counts = counts(&crate::gold::load(&dir).unwrap());
        for (layer, slice) in [
            ("segments", "zone="),
            ("segments", "document="),
            ("mentions", "type="),
            ("mentions", "zone="),
            ("mentions", "document="),
            ("garbles", "category="),
            ("garbles", "severity="),
            ("garbles", "zone="),
            ("entities", "type="),
            ("document_pairs", "relation="),
        ] {
            let of = |wanted: &dyn Fn(&str) -> bool| -> u64 {
                let rows = counts
                    .iter()
                    .filter(|row| row.layer == layer && wanted(&row.slice));
                rows.map(|row| row.count).sum()
            };
            let all = of(&|name| name == "all");
            assert!(all > 0);
            assert_eq!(of(&|name| name.starts_with(slice)), all, "{layer} {slice}");
        }
    }
}
