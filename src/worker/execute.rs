//! The work of a worker: build the algorithm, fit, predict, and time if asked.

use std::collections::BTreeMap;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::corpus::{Corpus, Unit};
use crate::dedup::Request;
use crate::entity::{EntityTraining, MentionInput, PredictedMention, RecognizerModel};
use crate::garble::{GarbleTraining, prepared};
use crate::params::Params;
use crate::registry::{Registry, find};
use crate::task::{Level, Task, rounded};
use crate::variant::split_params;
use crate::worker::{Job, Prediction, Reply, Sample};

/// Does the job in this process.
///
/// # Errors
/// A sentence for the user: unknown algorithm, bad parameter, a model that cannot be made.
pub fn execute(job: &Job, registry: &Registry) -> Result<Reply, String> {
    let order = &job.order;
    let mut passes = Passes {
        warmup: order.warmup,
        samples: order.samples,
        taken: Vec::new(),
    };
    let mut counters = BTreeMap::new();
    let prediction = match (order.task, order.level) {
        (Task::Dedup, _) => {
            let (deduper, _) =
                find(&registry.dedupers, "deduper", &order.algorithm)?.build(&order.params)?;
            let units: Vec<Unit<'_>> = job
                .units
                .iter()
                .map(|unit| Unit {
                    text: &unit.text,
                    document: unit.document,
                    position: unit.position,
                })
                .collect();
            let request = Request {
                level: order.level,
                seed: order.seed,
                floor: order.floor,
            };
            let mut comparison = passes.timed("predict", || {
                Ok(Prediction::Pairs(deduper.compare(&units, &request)))
            })?;
            if let Prediction::Pairs(comparison) = &mut comparison {
                counters = std::mem::take(&mut comparison.counters);
                for pair in &mut comparison.pairs {
                    pair.similarity = rounded(pair.similarity);
                }
            }
            comparison
        }
        (Task::Garble, _) => {
            let (detector, _) =
                find(&registry.detectors, "detector", &order.algorithm)?.build(&order.params)?;
            let training = Corpus {
                documents: job.training.clone(),
            };
            let corpus = Corpus {
                documents: job.documents.clone(),
            };
            let training = GarbleTraining {
                corpus: &training,
                garbles: &job.training_garbles,
            };
            let model = passes.fitted(|| detector.fit(&training))?;
            passes.timed("predict", || {
                let mut garbles = Vec::new();
                let model = prepared(model.as_ref(), &corpus);
                for &document in &job.predict {
                    let mut found = model.detect(document, &corpus);
                    for garble in &mut found {
                        garble.confidence = rounded(garble.confidence);
                    }
                    garbles.append(&mut found);
                }
                Ok(Prediction::Garbles(garbles))
            })?
        }
        (Task::Entity, Level::Resolution) => {
            let (resolver, _) =
                find(&registry.resolvers, "resolver", &order.algorithm)?.build(&order.params)?;
            let corpus = Corpus {
                documents: job.documents.clone(),
            };
            let mentions = inputs(&job.mentions, &corpus)?;
            passes.timed("predict", || {
                Ok(Prediction::Clusters(resolver.resolve(&mentions, &corpus)))
            })?
        }
        (Task::Entity, Level::EndToEnd) => {
            let (of_recognizer, of_resolver) = split_params(&order.params)?;
            let (first, second) = order
                .algorithm
                .split_once('+')
                .ok_or("an end-to-end algorithm is written recognizer+resolver")?;
            let (resolver, _) =
                find(&registry.resolvers, "resolver", second)?.build(&of_resolver)?;
            let model = recognizer_model(job, registry, first, &of_recognizer, &mut passes)?;
            let corpus = Corpus {
                documents: job.documents.clone(),
            };
            passes.timed("predict", || {
                let found = recognize(model.as_ref(), &corpus, &job.predict);
                let spans: Vec<_> = found
                    .iter()
                    .map(|m| (m.document, m.span, m.entity_type.clone()))
                    .collect();
                let clusters = resolver.resolve(&inputs(&spans, &corpus)?, &corpus);
                Ok(Prediction::Resolved(found, clusters))
            })?
        }
        (Task::Entity, _) => {
            let model =
                recognizer_model(job, registry, &order.algorithm, &order.params, &mut passes)?;
            let corpus = Corpus {
                documents: job.documents.clone(),
            };
            passes.timed("predict", || {
                Ok(Prediction::Mentions(recognize(
                    model.as_ref(),
                    &corpus,
                    &job.predict,
                )))
            })?
        }
    };
    Ok(Reply {
        prediction,
        counters,
        samples: passes.taken,
        peak_bytes: peak_bytes(),
    })
}

fn recognizer_model(
    job: &Job,
    registry: &Registry,
    name: &str,
    params: &Params,
    passes: &mut Passes,
) -> Result<Box<dyn RecognizerModel>, String> {
    let (recognizer, _) = find(&registry.recognizers, "recognizer", name)?.build(params)?;
    let training = Corpus {
        documents: job.training.clone(),
    };
    passes.fitted(|| {
        recognizer.fit(&EntityTraining {
            corpus: &training,
            mentions: &job.training_mentions,
        })
    })
}

fn recognize(
    model: &dyn RecognizerModel,
    corpus: &Corpus,
    predict: &[usize],
) -> Vec<PredictedMention> {
    let mut found = Vec::new();
    for &document in predict {
        for (span, entity_type, confidence) in model.recognize(&corpus.documents[document]) {
            found.push(PredictedMention {
                document,
                span,
                entity_type: entity_type.to_owned(),
                confidence: rounded(confidence),
            });
        }
    }
    found
}

fn inputs<'a>(
    mentions: &'a [(usize, crate::corpus::Span, String)],
    corpus: &'a Corpus,
) -> Result<Vec<MentionInput<'a>>, String> {
    mentions
        .iter()
        .map(|(document, span, entity_type)| {
            let text = corpus
                .documents
                .get(*document)
                .and_then(|document| span.text(&document.text))
                .ok_or_else(|| format!("mention {span} lies outside document {document}"))?;
            Ok(MentionInput {
                document: *document,
                span: *span,
                entity_type,
                text,
            })
        })
        .collect()
}

/// Runs passes and takes their times.
struct Passes {
    warmup: u32,
    samples: u32,
    taken: Vec<Sample>,
}

impl Passes {
    /// Runs once untimed, or `warmup` times untimed and `samples` times timed; gives back the first answer.
    fn timed(
        &mut self,
        phase: &str,
        mut pass: impl FnMut() -> Result<Prediction, String>,
    ) -> Result<Prediction, String> {
        if self.samples == 0 {
            return pass();
        }
        for _ in 0..self.warmup {
            pass()?;
        }
        let mut first = None;
        for sample in 1..=self.samples {
            let (cpu_user, cpu_sys) = cpu_times();
            let start = Instant::now();
            let prediction = pass()?;
            let wall_ns = nanoseconds(start);
            let (user_after, sys_after) = cpu_times();
            self.taken.push(Sample {
                sample,
                phase: phase.to_owned(),
                wall_ns,
                cpu_user_ns: user_after - cpu_user,
                cpu_sys_ns: sys_after - cpu_sys,
                output_hash: digest(&prediction),
            });
            first.get_or_insert(prediction);
        }
        first.ok_or_else(|| "no pass was made".to_owned())
    }

    /// Makes a model, timed once if anything is timed.
    fn fitted<M>(&mut self, fit: impl FnOnce() -> Result<M, String>) -> Result<M, String> {
        let (cpu_user, cpu_sys) = cpu_times();
        let start = Instant::now();
        let model = fit()?;
        if self.samples > 0 {
            let wall_ns = nanoseconds(start);
            let (user_after, sys_after) = cpu_times();
            self.taken.push(Sample {
                sample: 1,
                phase: "fit".to_owned(),
                wall_ns,
                cpu_user_ns: user_after - cpu_user,
                cpu_sys_ns: sys_after - cpu_sys,
                output_hash: String::new(),
            });
        }
        Ok(model)
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// User and system CPU time of this process in nanoseconds.
fn cpu_times() -> (u64, u64) {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return (0, 0);
    };
    let nanos = |time: nix::sys::time::TimeVal| {
        u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000_000
            + u64::try_from(time.tv_usec()).unwrap_or(0) * 1000
    };
    (nanos(usage.user_time()), nanos(usage.system_time()))
}

/// This process's own peak of resident memory (VmHWM) in bytes; 0 where `/proc` does not tell.
pub fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| {
            rest.trim()
                .trim_end_matches("kB")
                .trim()
                .parse::<u64>()
                .ok()
        })
        .unwrap_or(0)
        * 1024
}

/// Digest of a prediction, 16 hexadecimal digits.
pub fn digest(prediction: &Prediction) -> String {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    let mut number = |value: u64| hasher.update(&value.to_le_bytes());
    let mut texts: Vec<&str> = Vec::new();
    match prediction {
        Prediction::Pairs(comparison) => {
            for pair in &comparison.pairs {
                number(u64::from(pair.a));
                number(u64::from(pair.b));
                number(rounded(pair.similarity).to_bits());
            }
            for group in &comparison.groups {
                number(group.len() as u64);
                group.iter().for_each(|&member| number(u64::from(member)));
            }
        }
        Prediction::Mentions(mentions) => of_mentions(mentions, &mut number, &mut texts),
        Prediction::Clusters(clusters) => clusters
            .iter()
            .for_each(|&cluster| number(u64::from(cluster))),
        Prediction::Resolved(mentions, clusters) => {
            of_mentions(mentions, &mut number, &mut texts);
            clusters
                .iter()
                .for_each(|&cluster| number(u64::from(cluster)));
        }
        Prediction::Garbles(garbles) => {
            for garble in garbles {
                number(garble.document as u64);
                number(garble.span.start as u64);
                number(garble.span.end as u64);
                number(garble.confidence.to_bits());
                texts.push(&garble.category);
            }
        }
    }
    for text in texts {
        hasher.update(text.as_bytes());
        hasher.update(&[0]);
    }
    format!("{:016x}", hasher.digest())
}

fn of_mentions<'a>(
    mentions: &'a [PredictedMention],
    number: &mut impl FnMut(u64),
    texts: &mut Vec<&'a str>,
) {
    for mention in mentions {
        number(mention.document as u64);
        number(mention.span.start as u64);
        number(mention.span.end as u64);
        number(mention.confidence.to_bits());
        texts.push(&mention.entity_type);
    }
}
