//! Word by word: which word of a sentence stands for which word of its witness.

use super::reading::{Role, Synonyms, Word, alike};

/// The alignment of a sentence with a witness: for each word its partner and how alike they are.
#[derive(Debug, Clone)]
pub(super) struct Collation {
    pub(super) partner: Vec<Option<(usize, f64)>>,
}

/// Aligns in order, with the heaviest sum: content words weigh most, so that anchors are content.
pub(super) fn collate(a: &[Word], b: &[Word], synonyms: &Synonyms) -> Collation {
    let width = b.len() + 1;
    let mut best = vec![0.0_f64; (a.len() + 1) * width];
    let mut likeness = vec![0.0_f32; a.len() * b.len()];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let alike = alike(&a[i], &b[j], synonyms);
            likeness[i * b.len() + j] = alike as f32;
            let skip = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            best[i * width + j] = if alike > 0.0 {
                // Neighbours that match together are better than scattered ones.
                let next =
                    i + 1 < a.len() && j + 1 < b.len() && likeness[(i + 1) * b.len() + j + 1] > 0.0;
                let bonus = if next { 0.25 } else { 0.0 };
                skip.max(best[(i + 1) * width + j + 1] + alike * weight(a[i].role) + bonus)
            } else {
                skip
            };
        }
    }
    let mut partner = vec![None; a.len()];
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let here = best[i * width + j];
        if here <= best[(i + 1) * width + j] {
            i += 1;
        } else if here <= best[i * width + j + 1] {
            j += 1;
        } else {
            partner[i] = Some((j, f64::from(likeness[i * b.len() + j])));
            i += 1;
            j += 1;
        }
    }
    Collation { partner }
}

fn weight(role: Role) -> f64 {
    match role {
        Role::Content | Role::Number | Role::Negation => 1.0,
        Role::Relation | Role::Function => 0.4,
        Role::Mark => 0.2,
    }
}
