//! Manual pages, and parameters that survive every way they are written.

use std::collections::BTreeSet;

use karat::params::Params;
use karat::registry::{Entry, Registry};
use serde_json::Value;

fn pages<T: ?Sized>(kind: &str, entries: &[Entry<T>]) {
    let mut names = BTreeSet::new();
    for entry in entries {
        assert!(
            names.insert(entry.name),
            "{kind} `{}` is registered twice",
            entry.name
        );
        let named = entry
            .name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(
            named,
            "{kind} `{}`: names are lower case with hyphens",
            entry.name
        );
        let manual = entry.manual();
        assert!(
            !entry.summary().is_empty(),
            "{kind} `{}` has no summary",
            entry.name
        );
        for heading in [
            "# What it does",
            "# How it decides",
            "# Parameters",
            "# Cost",
            "# Known to miss",
            "# Reference",
        ] {
            assert!(
                manual.lines().any(|line| line == heading),
                "{kind} `{}`: the manual page lacks `{heading}`",
                entry.name
            );
        }
        let (_, full) = entry.build(&Params::new()).unwrap_or_else(|e| {
            panic!("{kind} `{}` cannot be built from defaults: {e}", entry.name)
        });
        let (_, again) = entry.build(&full).unwrap();
        assert_eq!(
            full, again,
            "{kind} `{}`: parameters do not survive a round trip",
            entry.name
        );
        every_writing(kind, entry, &full);
        every_parameter_counts(kind, entry, &full);
        for parameter in full.keys() {
            assert!(
                manual.contains(&format!("`{parameter}`")),
                "{kind} `{}`: the manual page does not explain `{parameter}`",
                entry.name
            );
        }
        let unknown = Params::from_iter([("no_such_parameter".to_owned(), 1.into())]);
        assert!(
            entry.build(&unknown).is_err(),
            "{kind} `{}` accepts an unknown parameter",
            entry.name
        );
    }
}

/// Parameters as a worker gets them (JSON) and as `karat.toml` holds them are the same parameters.
fn every_writing<T: ?Sized>(kind: &str, entry: &Entry<T>, full: &Params) {
    let name = entry.name;
    let json = serde_json::to_string(full).unwrap();
    let of_json: Params = serde_json::from_str(&json).unwrap();
    // TOML has no null: a parameter without value is left out there.
    let mut told = full.clone();
    told.retain(|_, value| !value.is_null());
    let toml = toml::to_string(&told).unwrap();
    let of_toml: Params = toml::from_str(&toml).unwrap();
    for (writing, params) in [(json, of_json), (toml, of_toml)] {
        let (_, again) = entry
            .build(&params)
            .unwrap_or_else(|e| panic!("{kind} `{name}`: {e}: {writing}"));
        assert_eq!(
            full, &again,
            "{kind} `{name}`: parameters change on the way through {writing}"
        );
    }
}

/// Each number and switch, set to another value, is kept as given, or refused with the name of what is wrong.
fn every_parameter_counts<T: ?Sized>(kind: &str, entry: &Entry<T>, full: &Params) {
    for (parameter, value) in full {
        let others: Vec<Value> = match value {
            Value::Bool(value) => vec![(!value).into()],
            Value::Number(number) if number.is_u64() => {
                let number = number.as_u64().unwrap();
                vec![
                    (number + 1).into(),
                    (number * 2).into(),
                    (number / 2).into(),
                ]
            }
            Value::Number(number) => {
                let number = number.as_f64().unwrap();
                vec![
                    (number / 2.0).into(),
                    (number + 1000.0).into(),
                    (-1.0 - number).into(),
                ]
            }
            _ => Vec::new(),
        };
        for other in others {
            let given = Params::from_iter([(parameter.clone(), other.clone())]);
            match entry.build(&given) {
                Ok((_, full)) => assert_eq!(
                    full[parameter], other,
                    "{kind} `{}`: `{parameter}` is dropped",
                    entry.name
                ),
                Err(problem) => assert!(
                    problem.contains(parameter.as_str()),
                    "{kind} `{}`: {parameter} = {other} is refused without naming it: {problem}",
                    entry.name
                ),
            }
        }
    }
}

#[test]
fn manual_pages_and_parameters() {
    let registry = Registry::builtin();
    pages("deduper", &registry.dedupers);
    pages("recognizer", &registry.recognizers);
    pages("resolver", &registry.resolvers);
    pages("detector", &registry.detectors);
}
