//! Names that no resolver may join, whatever it joins else: Iran and Iraq, Hezbollah and Kataib Hezbollah, and others.

use super::resolvers;
use super::testing::{NEGATIVE_CONTROLS, inputs};
use crate::corpus::Corpus;
use crate::params::Params;

#[test]
fn no_registered_resolver_joins_a_negative_control_at_its_defaults() {
    for entry in resolvers() {
        let (resolver, _) = entry.build(&Params::new()).unwrap();
        for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
            let labels = resolver.resolve(&inputs(&[(type_a, a), (type_b, b)]), &Corpus::default());
            assert_ne!(labels[0], labels[1], "{}: {a} / {b}", entry.name);
        }
        // All at once: no chain over the others joins them either.
        let all: Vec<(&str, &str)> = NEGATIVE_CONTROLS
            .iter()
            .flat_map(|&(type_a, a, type_b, b)| [(type_a, a), (type_b, b)])
            .collect();
        let labels = resolver.resolve(&inputs(&all), &Corpus::default());
        for (pair, control) in labels.chunks(2).zip(NEGATIVE_CONTROLS) {
            assert_ne!(pair[0], pair[1], "{}, all at once: {control:?}", entry.name);
        }
    }
}
