//! The registry: which algorithms exist, how they are built from parameters, and their manual pages.

use crate::dedup::{self, Deduper};
use crate::entity::{self, EntityRecognizer, EntityResolver};
use crate::garble::{self, GarbleDetector};
use crate::params::{self, Algorithm, Params};

/// What building gives: the algorithm with all its parameters, or a sentence on what is wrong with them.
type Built<T> = Result<(Box<T>, Params), String>;

/// One registered algorithm.
pub struct Entry<T: ?Sized> {
    /// Name, unique among its kind.
    pub name: &'static str,
    /// Version of its behaviour; raised when equal parameters give another answer than before.
    pub version: u32,
    source: &'static str,
    build: fn(&Params) -> Built<T>,
}

impl<T: ?Sized> Clone for Entry<T> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            version: self.version,
            source: self.source,
            build: self.build,
        }
    }
}

impl<T: ?Sized> Entry<T> {
    /// Builds the algorithm; gives it back with all its parameters.
    ///
    /// # Errors
    /// What is wrong with the parameters, in words for the user.
    pub fn build(&self, params: &Params) -> Result<(Box<T>, Params), String> {
        (self.build)(params)
    }

    /// Raises the version of an entry.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// The manual page: the `//!` lines at the head of the algorithm's file.
    pub fn manual(&self) -> String {
        let lines: Vec<&str> = self
            .source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        lines.join("\n")
    }

    /// First line of the manual page.
    pub fn summary(&self) -> String {
        self.manual().lines().next().unwrap_or_default().to_owned()
    }
}

macro_rules! entry {
    ($(#[$doc:meta])* $function:ident, $kind:ident) => {
        $(#[$doc])*
        pub fn $function<A: Algorithm + $kind>(name: &'static str, source: &'static str) -> Entry<dyn $kind> {
            fn make<A: Algorithm + $kind>(params: &Params) -> Built<dyn $kind> {
                let algorithm: A = params::build(params)?;
                let full = params::full(&algorithm);
                Ok((Box::new(algorithm), full))
            }
            Entry { name, version: 1, source, build: make::<A> }
        }
    };
}

entry!(
    /// A registry line for a deduper: its name and its source file (`include_str!`), which opens with the manual page.
    deduper, Deduper
);
entry!(
    /// A registry line for an entity recognizer.
    recognizer, EntityRecognizer
);
entry!(
    /// A registry line for an entity resolver.
    resolver, EntityResolver
);
entry!(
    /// A registry line for a garble detector.
    detector, GarbleDetector
);

/// All algorithms that a run can name.
#[derive(Clone, Default)]
pub struct Registry {
    /// Dedupers.
    pub dedupers: Vec<Entry<dyn Deduper>>,
    /// Entity recognizers.
    pub recognizers: Vec<Entry<dyn EntityRecognizer>>,
    /// Entity resolvers.
    pub resolvers: Vec<Entry<dyn EntityResolver>>,
    /// Garble detectors.
    pub detectors: Vec<Entry<dyn GarbleDetector>>,
}

impl Registry {
    /// The built-in algorithms.
    pub fn builtin() -> Self {
        Self {
            dedupers: dedup::algorithms(),
            recognizers: entity::recognizers(),
            resolvers: entity::resolvers(),
            detectors: garble::algorithms(),
        }
    }

    /// Adds a deduper of one's own.
    #[must_use]
    pub fn with_deduper(mut self, entry: Entry<dyn Deduper>) -> Self {
        self.dedupers.push(entry);
        self
    }

    /// Adds a recognizer of one's own.
    #[must_use]
    pub fn with_recognizer(mut self, entry: Entry<dyn EntityRecognizer>) -> Self {
        self.recognizers.push(entry);
        self
    }

    /// Adds a resolver of one's own.
    #[must_use]
    pub fn with_resolver(mut self, entry: Entry<dyn EntityResolver>) -> Self {
        self.resolvers.push(entry);
        self
    }

    /// Adds a garble detector of one's own.
    #[must_use]
    pub fn with_detector(mut self, entry: Entry<dyn GarbleDetector>) -> Self {
        self.detectors.push(entry);
        self
    }
}

/// The algorithms that one named `own` is made of, each with its default parameters.
///
/// # Errors
/// No names, `own` itself, a name that stands twice or is unknown.
pub fn members<T: ?Sized>(
    entries: &[Entry<T>],
    kind: &str,
    own: &str,
    names: &[String],
) -> Result<Vec<Box<T>>, String> {
    if names.is_empty() {
        return Err("members is empty".to_owned());
    }
    let member = |(at, name): (usize, &String)| {
        if name == own {
            return Err(format!("members name `{own}` itself"));
        }
        if names[..at].contains(name) {
            return Err(format!("members name `{name}` twice"));
        }
        let (member, _) = find(entries, kind, name)?.build(&Params::new())?;
        Ok(member)
    };
    names.iter().enumerate().map(member).collect()
}

/// The entry with this name.
///
/// # Errors
/// Names the unknown algorithm and lists the known ones.
pub fn find<'a, T: ?Sized>(
    entries: &'a [Entry<T>],
    kind: &str,
    name: &str,
) -> Result<&'a Entry<T>, String> {
    entries
        .iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| {
            let known: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
            format!("unknown {kind} `{name}`; known: {}", known.join(", "))
        })
}
