//! A made-up dataset: clean documents damaged by [`inject`](crate::garble::inject), with every damage as a garble label.

use crate::corpus::{Corpus, Document};
use crate::error::Result;
use crate::garble::inject::{Damage, Operator, damage};
use crate::gold::manifest::{Manifest, Vocabulary};
use crate::label::{Garble, Gold, SYNTHETIC, Segment};
use crate::text::hash;
use crate::text::sentence::segments;

/// How documents are damaged.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Operators, each drawn equally often.
    pub operators: Vec<Operator>,
    /// Damages per word.
    pub rate: f64,
    /// Changes which places are damaged.
    pub seed: u64,
}

impl Recipe {
    /// What dataset.toml says of the dataset.
    fn sentence(&self) -> String {
        let names: Vec<&str> = self.operators.iter().map(|o| o.name()).collect();
        format!(
            "damage injected by `karat inject`: {} at rate {}, seed {}",
            names.join(", "),
            self.rate,
            self.seed
        )
    }
}

/// Damages every document and labels the damage. What was garbled before counts as clean: give clean text.
///
/// A document is damaged by its identifier and text only, whatever others there are.
///
/// # Errors
/// Two documents of the same identifier.
pub fn injected(name: &str, documents: Vec<Document>, recipe: &Recipe) -> Result<(Manifest, Gold)> {
    let mut damages = Vec::new();
    let mut damaged = Vec::new();
    let corpus = Corpus::new(named(documents))?;
    for document in corpus.documents {
        let seed = hash::mix(recipe.seed ^ hash::bytes(document.id.as_bytes()));
        let found = damage(&document.text, &recipe.operators, recipe.rate, seed);
        damages.push(found.damages);
        damaged.push(Document {
            id: document.id,
            text: found.text,
        });
    }
    let corpus = Corpus::new(damaged)?;
    let mut vocabulary = Vocabulary::guidelines();
    vocabulary.entity_types.clear();
    vocabulary.garbles.clear();
    for &operator in Operator::ALL {
        let subtypes = vocabulary
            .garbles
            .entry(operator.category().to_owned())
            .or_default();
        subtypes.push(operator.name().to_owned());
    }
    let manifest = Manifest {
        name: if name.starts_with(SYNTHETIC) {
            name.to_owned()
        } else {
            format!("{SYNTHETIC}{name}")
        },
        synthetic: recipe.sentence(),
        vocabulary,
        ..Manifest::default()
    };
    let labelled = corpus.documents.iter().zip(&damages).enumerate();
    let (mut all_segments, mut garbles) = (Vec::new(), Vec::new());
    for (index, (document, damages)) in labelled {
        all_segments.extend(segments_of(index, &document.text, damages));
        garbles.extend(damages.iter().map(|damage| label(index, damage)));
    }
    let gold = Gold {
        dataset: manifest.reported_name(),
        stories: manifest.stories_of(&corpus),
        corpus,
        segments: Some(all_segments),
        garbles: Some(garbles),
        ..Gold::default()
    };
    Ok((manifest, gold))
}

/// Articles are files: where an identifier is no plain file name, all documents are numbered instead.
fn named(mut documents: Vec<Document>) -> Vec<Document> {
    let plain = |id: &str| {
        !id.is_empty()
            && id.len() <= 200
            && !id.starts_with('.')
            && id
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    if !documents.iter().all(|document| plain(&document.id)) {
        for (number, document) in (1_u64..).zip(&mut documents) {
            document.id = format!("{number:08}");
        }
    }
    documents
}

/// Segments of a damaged text; a line of injected furniture is one.
fn segments_of<'d>(
    document: usize,
    text: &'d str,
    damages: &'d [Damage],
) -> impl Iterator<Item = Segment> + 'd {
    (1_u64..)
        .zip(segments(text))
        .map(move |(number, span)| Segment {
            document,
            id: format!("s{number:03}"),
            span,
            zone: if damages
                .iter()
                .any(|damage| damage.operator == Operator::Furniture && damage.span.contains(span))
            {
                "furniture".to_owned()
            } else {
                "body".to_owned()
            },
        })
}

fn label(document: usize, damage: &Damage) -> Garble {
    Garble {
        document,
        span: damage.span,
        category: damage.operator.category().to_owned(),
        subtype: damage.operator.name().to_owned(),
        severity: damage.operator.severity().to_owned(),
        intended: damage.intended.clone(),
        witness: "inferred".to_owned(),
        doubtful: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::garble::inject::restored;
    use crate::gold::{lint, load, write_dataset};

    fn documents() -> Vec<Document> {
        let text = "The café in Lima was closed on 12 May, and Ann Example has left.\nNobody in Quito’s streets would say why. “Go,” said Bo Sample in Lima.\n";
        (0..9)
            .map(|number| Document {
                id: format!("d{number}"),
                text: text.repeat(number),
            })
            .collect()
    }

    fn recipe() -> Recipe {
        Recipe {
            operators: Operator::ALL.to_vec(),
            rate: 0.1,
            seed: 7,
        }
    }

    #[test]
    fn the_dataset_loads_lints_clean_says_that_it_is_synthetic_and_gives_the_clean_text_back() {
        let (manifest, made) = injected("mine", documents(), &recipe()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("made");
        write_dataset(&dir, &manifest, &made).unwrap();
        let gold = load(&dir).unwrap();
        assert_eq!(gold.dataset, "synthetic-mine");
        assert!(gold.is_synthetic());
        assert_eq!(lint::lint(&dir).unwrap(), []);
        assert_eq!(gold.garbles, made.garbles);
        assert_eq!(gold.segments, made.segments);
        let garbles = gold.garbles.as_deref().unwrap();
        assert!(garbles.len() > 50, "{}", garbles.len());
        for (index, clean) in documents().iter().enumerate() {
            let here = garbles.iter().filter(|garble| garble.document == index);
            let damages = here.map(|garble| (garble.span, garble.intended.as_str()));
            assert_eq!(
                restored(&gold.corpus.documents[index].text, damages),
                clean.text
            );
        }
    }

    #[test]
    fn a_document_is_damaged_alike_in_any_company_and_odd_identifiers_become_numbers() {
        let texts = |documents: Vec<Document>| -> Vec<Document> {
            injected("mine", documents, &recipe())
                .unwrap()
                .1
                .corpus
                .documents
        };
        let all = texts(documents());
        assert_eq!(texts(documents().split_off(4)), all[4..]);
        let mut odd = documents();
        odd[0].id = "../x".to_owned();
        let ids: Vec<String> = texts(odd).into_iter().map(|d| d.id).collect();
        assert_eq!(ids[0], "00000001");
        assert_eq!(ids.len(), 9);
    }

    #[test]
    fn only_a_synthetic_dataset_may_be_called_so() {
        let (manifest, made) = injected("mine", documents(), &recipe()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let honest = Manifest {
            synthetic: String::new(),
            ..manifest
        };
        write_dataset(folder.path(), &honest, &made).unwrap();
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("name of a synthetic dataset"), "{error}");
    }
}
